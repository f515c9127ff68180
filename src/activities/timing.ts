import { capToText, cappedBy } from '../domain/caps.ts';
import { nextOpening } from '../domain/schedule.ts';
import { whenStale } from '../domain/staleness.ts';
import { opening, spreadFrom, type Timetable, timetableOf } from '../domain/timetable.ts';
import type { Timing } from '../steps/performer.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import type { Turn } from './turn.ts';

/** When the enrollment's cadence may do something for the lead. */
export function timetable(turn: Turn, { cadenceAsPinned }: ActiveEnrollment): Timetable {
  return {
    ...timetableOf(turn.playbook, cadenceAsPinned, turn.lead),
    drawnAs: turn.deps.nameInDraws(turn.lead.id),
  };
}

/** What is late by more than the staleness limit leaves within so long, so that the end of an outage is no flood. Milliseconds. */
const SPREAD_OF_STALE = 3_600_000;

/**
 * Whether a message of the step that is due may leave now, by staleness, window, quiet hours and caps, in this order: a message that is
 * stale is not put off to the next opening first, from which it would no longer be late.
 */
export async function timingOf(turn: Turn, enrollment: ActiveEnrollment, topic: string | undefined): Promise<Timing> {
  const { cadenceAsPinned, dueAt, stepId } = enrollment;
  const { atMs } = turn;
  const table = timetable(turn, enrollment);
  const dueMs = dueAt?.getTime() ?? atMs;
  const stale = whenStale(cadenceAsPinned, dueMs, atMs);
  if (stale === 'skip') return { kind: 'skip', reason: `stale: it was due ${turn.words(dueMs)}` };
  if (stale === 'send') {
    const forMs = Math.max(table.spreadMs, SPREAD_OF_STALE);
    const untilMs = spreadFrom(table, nextOpening(atMs, table.times, table.zone), stepId ?? '', forMs);
    if (untilMs > atMs)
      return {
        kind: 'later',
        atMs: untilMs,
        because: `it was due ${turn.words(dueMs)}, and what is late leaves one by one`,
      };
  }
  const opensMs = opening(table, atMs, stepId ?? '');
  if (opensMs > atMs) return { kind: 'later', atMs: opensMs, because: null };
  const capped = cappedBy(turn.playbook.caps, await turn.recentMessages(), topic, atMs);
  if (capped === null) return { kind: 'now' };
  const until = opening(table, capped.untilMs, stepId ?? '');
  return { kind: 'later', atMs: until, because: `no more than ${capToText(capped.cap)}`, cap: capToText(capped.cap) };
}
