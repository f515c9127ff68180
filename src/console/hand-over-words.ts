import { html } from 'hono/html';
import type { ListedRep } from '../store/lists/reps.ts';
import type { Html } from './layout.ts';

/** What happens to what runs for a lead, said before it is handed over. */
export const WHAT_GOES_ALONG: Html = html`<p class="soft">
  Each becomes a new offer, and its time to accept begins anew; the time to the first contact begins once it is
  accepted. An opportunity stays one: the new rep has it at once. Next steps, tasks and the time to answer a reply go
  along as they are. Who gets several is told in one mail.
</p>`;

/** To whom leads can be handed over, by the value of the field: teams, then reps who take leads. */
export function handOverTargets(reps: readonly ListedRep[]): Record<string, string> {
  const able = reps.filter(({ active, teams }) => active && teams.length > 0);
  const teams = [...new Set(able.flatMap((rep) => rep.teams))].toSorted();
  return Object.fromEntries([
    ...teams.map((team) => [`team:${team}`, `Team ${team}: whose turn it is`]),
    ...able.map(({ key, name, away }) => [`rep:${key}`, `${name}${away === null ? '' : ' (away)'}`]),
  ]);
}
