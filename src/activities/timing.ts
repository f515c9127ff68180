import { capToText, cappedBy } from '../domain/caps.ts';
import { CONFIRMATION_LASTS } from '../domain/preferences.ts';
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
 * Whether a message of the step that is due may leave now, by staleness, window, quiet hours, the person's own choices and caps, in this
 * order: a message that is stale is not put off to the next opening first, from which it would no longer be late.
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
  const chosen = topic === undefined ? null : await waitsForPerson(turn, topic);
  if (chosen !== null) return { ...chosen, atMs: opening(table, chosen.atMs, stepId ?? '') };
  // A message that is no mail on a topic (a call) does not go by how often the person wants mail.
  const caps = topic === undefined ? turn.playbook.caps : turn.caps;
  const capped = cappedBy(caps, await turn.recentMessages(), topic, atMs);
  if (capped === null) return { kind: 'now' };
  const until = opening(table, capped.untilMs, stepId ?? '');
  const words = capToText(capped.cap);
  const isOwn = !turn.playbook.caps.includes(capped.cap);
  const because = isOwn ? `it wants no more than ${words}` : `no more than ${words}`;
  return { kind: 'later', atMs: until, because, cap: words, ...(isOwn ? { person: true } : {}) };
}

/** A snooze, or a consent that the person has yet to confirm. Both may end earlier than they say. */
async function waitsForPerson(turn: Turn, topic: string): Promise<Extract<Timing, { kind: 'later' }> | null> {
  const { atMs, lead } = turn;
  const snoozedMs = lead.snoozedUntil?.getTime() ?? 0;
  if (snoozedMs > atMs)
    return { kind: 'later', atMs: snoozedMs, because: 'it asked for no mail until then', person: true };
  const may = await turn.mayReach('email', topic);
  const since = may.may || may.reason !== 'no-consent' ? null : await turn.unconfirmedSinceMs();
  if (since === null || since + CONFIRMATION_LASTS <= atMs) return null;
  const because = 'it has yet to confirm its consent by mail';
  return { kind: 'later', atMs: since + CONFIRMATION_LASTS, because, person: true };
}
