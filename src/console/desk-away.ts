/** What the desk says of absences: the rep's own, and those in which the rep stands in for a colleague. */
import { html } from 'hono/html';
import { awayDaysInWords } from '../domain/away-words.ts';
import { zoneOf } from '../domain/schedule.ts';
import { listReps } from '../store/lists/reps.ts';
import type { Db } from '../store/db.ts';
import { awayInWords } from './board-team.ts';
import type { Html } from './layout.ts';
import type { Visitor } from './session.ts';

/** Absences that are planned or under way. Empty: there is none. */
export async function absencesPart(db: Db, { repId, defaultZone }: Visitor): Promise<Html | ''> {
  const reps = await listReps(db);
  const me = reps.find(({ id }) => id === repId);
  if (me === undefined) return '';
  const own =
    me.away === null
      ? ''
      : html`<p class="soft">
          You are entered as ${awayInWords(me, defaultZone, reps)}. No lead is offered to you in turn in this time.
        </p>`;
  const others = reps.flatMap(({ name, away, timeZone }) =>
    away === null || away.deputy !== me.key
      ? []
      : [
          html`<p class="soft">
            You stand in for ${name}, ${awayDaysInWords(away, zoneOf(timeZone, defaultZone))}: leads that ${name} knows
            come to you in this time.
          </p>`,
        ],
  );
  return html`${own}${others}`;
}
