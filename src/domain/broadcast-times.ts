import { DateTime } from 'luxon';
import type { BroadcastSchedule } from './broadcast.ts';

/** The zone that comes first to any local time is so far ahead of UTC. */
const FIRST_ZONE = 'Etc/GMT-14';

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

/** Whether a text is a date and time without a zone: "2026-12-01T09:00". */
export function isLocalTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}
