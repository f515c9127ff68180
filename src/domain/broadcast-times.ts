import { DateTime } from 'luxon';
import type { BroadcastSchedule } from './broadcast.ts';

/** The zone that comes first to any local time is so far ahead of UTC. */
const FIRST_ZONE = 'Etc/GMT-14';
/** The zone that comes last to it. */
const LAST_ZONE = 'Etc/GMT+12';
/** Who writes "now" gets it a moment later. */
const PAST_GRACE_MS = 5 * 60_000;

/** The instant from which on the leads of a broadcast are gathered: before the first of them is due. Epoch milliseconds. */
export function gatherAtMs(schedule: BroadcastSchedule, startedAtMs: number): number {
  return Math.max(startedAtMs, dueAtMs(schedule, FIRST_ZONE, startedAtMs));
}

/**
 * When a lead in this zone is due. Where the local time has passed already: at once. A time that a change of the clock leaves out is the
 * same time after it.
 */
export function dueAtMs(schedule: BroadcastSchedule, zone: string, startedAtMs: number): number {
  switch (schedule.kind) {
    case 'now':
      return startedAtMs;
    case 'at':
      return Math.max(startedAtMs, Date.parse(schedule.at));
    case 'local':
      return Math.max(startedAtMs, DateTime.fromISO(schedule.at, { zone }).toMillis());
  }
}

/**
 * When the rest of a trial is due in this zone, once it is known what wins: as the schedule says, or, where that has passed, at the next
 * such time of day.
 */
export function restDueAtMs({ at }: { at: string }, zone: string, knownAtMs: number): number {
  const first = DateTime.fromISO(at, { zone }).toMillis();
  if (first >= knownAtMs) return first;
  // As it is written: a change of the clock may have moved the first.
  const { hour, minute } = DateTime.fromISO(at, { zone: 'utc' });
  const known = DateTime.fromMillis(knownAtMs, { zone });
  const on = (days: number): number => known.plus({ days }).set({ hour, minute, second: 0, millisecond: 0 }).toMillis();
  return on(0) >= knownAtMs ? on(0) : on(1);
}

/** Whether the schedule was over when it was written: for no lead is its time to come. A few minutes ago counts as now. */
export function isPast(schedule: BroadcastSchedule, nowMs: number): boolean {
  return schedule.kind !== 'now' && dueAtMs(schedule, LAST_ZONE, -Infinity) < nowMs - PAST_GRACE_MS;
}

/** Whether a text is a date and time without a zone: "2026-12-01T09:00". */
export function isLocalTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}
