import { html } from 'hono/html';
import { DateTime } from 'luxon';
import { countOf } from '../domain/count-of.ts';
import { zoneOf } from '../domain/schedule.ts';
import type { ListedRep, RepWithLeads } from '../store/lists/reps.ts';
import { isAwayNow } from './board-team.ts';
import type { Html } from './layout.ts';

/** What happens to what runs for a lead, said before it is handed over. */
export const WHAT_GOES_ALONG: Html = html`<p class="soft">
  Each becomes a new offer, and its time to accept begins anew; the time to the first contact begins once it is
  accepted. An opportunity stays one: the new rep has it at once. Next steps, tasks and the time to answer a reply go
  along as they are; an answer and a next step are not late before the lead is accepted. Who gets several is told in one
  mail.
</p>`;

/** What is said beside a rep. */
export interface Around {
  nowMs: number;
  /** Of a rep without their own. */
  defaultZone: string;
  /** Also those who are not among the targets: deputies are named. */
  all: readonly ListedRep[];
}

/** To whom leads can be handed over, by the value of the field: teams, then reps who take leads, each with what they have. */
export function handOverTargets(reps: readonly RepWithLeads[], around: Around): Record<string, string> {
  const able = takingLeads(reps);
  const teams = [...new Set(able.flatMap((rep) => rep.teams))].toSorted();
  return Object.fromEntries([
    ...teams.map((team) => [`team:${team}`, `Team ${team}: whose turn it is`]),
    ...able.map((rep) => [`rep:${rep.key}`, repInWords(rep, around)]),
  ]);
}

export function takingLeads(reps: readonly RepWithLeads[]): RepWithLeads[] {
  return reps.filter(({ active, teams }) => active && teams.length > 0);
}

/** "away, back on Mon 7 Dec, deputy Anna Rossi"; null: the rep is here. */
export function awayNow(
  { away, timeZone }: ListedRep,
  reps: readonly ListedRep[],
  { defaultZone, nowMs }: Pick<Around, 'defaultZone' | 'nowMs'>,
): string | null {
  if (away === null || !isAwayNow({ away }, nowMs)) return null;
  const zone = zoneOf(timeZone, defaultZone);
  const deputy = reps.find(({ key }) => key === away.deputy)?.name ?? null;
  const back = away.until === null ? null : DateTime.fromISO(away.until, { zone }).setLocale('en-US');
  const until = back === null ? 'until further notice' : `back on ${back.toFormat('ccc d LLL')}`;
  return `away, ${until}${deputy === null ? '' : `, deputy ${deputy}`}`;
}

/** "Ada has 5 of 4 open leads: more than their limit."; null: they have not. */
export function overLimit({ name, open, maxOpen }: RepWithLeads): string | null {
  if (maxOpen === null || open <= maxOpen) return null;
  return `${name} has ${open} of ${countOf(maxOpen, 'open lead')}: more than their limit.`;
}

export interface WaitForRep {
  /** A person has to say who gets it, for this reason. */
  waitingBecause: string | null;
  /** `room`, `hours` or `error`. */
  waitingFor: string | null;
  waitingWhy: string | null;
  tryAgainAt: Date | null;
}

/** What a lead that nobody has waits for, in sentences; null: it does not wait. `when`: an instant in words, in the reader's zone. */
export function waitForRepInWords(
  { waitingBecause, waitingFor, waitingWhy, tryAgainAt }: WaitForRep,
  when: (at: Date) => string,
): string | null {
  if (waitingBecause !== null) return waitingBecause;
  if (waitingWhy === null || waitingFor === null) return null;
  if (tryAgainAt === null) return waitingWhy;
  // The stored sentence has the time in the zone of the lead.
  if (waitingFor === 'hours') return `Nobody who could get it is at work; it is offered ${when(tryAgainAt)}.`;
  return `${waitingWhy} It is tried again at the latest ${when(tryAgainAt)}.`;
}

/** ", to decide by Mon 30 Nov 09:00 (before: Fri 27 Nov 17:00)"; empty: no decision is awaited. `when`: an instant in words. */
export function clockInWords(
  { dueAt, dueBefore }: { dueAt: Date | null; dueBefore: Date | null },
  when: (at: Date) => string,
): string {
  if (dueAt === null) return '';
  return `, to decide by ${when(dueAt)}${dueBefore === null ? '' : ` (before: ${when(dueBefore)})`}`;
}

/** "Ada (away, back on Mon 7 Dec): 3 of 12 open leads" */
export function repInWords(rep: RepWithLeads, { nowMs, defaultZone, all }: Around): string {
  const { open, maxOpen } = rep;
  const has = maxOpen === null ? countOf(open, 'open lead') : `${open} of ${countOf(maxOpen, 'open lead')}`;
  const away = awayNow(rep, all, { defaultZone, nowMs });
  return `${rep.name}${away === null ? '' : ` (${away})`}: ${has}`;
}
