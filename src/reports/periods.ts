/** Periods of time in the organization's zone. */
import { DateTime } from 'luxon';

/** The first day (YYYY-MM-DD) of each week or month that has a part in the time from `since` up to `until`, which does not belong to it. */
export function periodsBetween(since: Date, until: Date, zone: string, period: 'week' | 'month'): string[] {
  const end = DateTime.fromJSDate(until, { zone });
  const days: string[] = [];
  // In days and not in hours: a week with a change of the clocks is no shorter.
  for (let at = DateTime.fromJSDate(since, { zone }).startOf(period); at < end; at = at.plus({ [`${period}s`]: 1 }))
    days.push(at.toISODate() ?? '');
  return days;
}

/** Whether a week or a month, by its first day (YYYY-MM-DD), has days before `since`, or after `ends`. */
export function isCut(
  first: string | null,
  period: 'week' | 'month',
  { since, ends, zone }: { since: Date; ends: Date; zone: string },
): boolean {
  if (first === null) return false;
  const from = DateTime.fromISO(first, { zone });
  return from.toMillis() < since.getTime() || from.plus({ [`${period}s`]: 1 }).toMillis() > ends.getTime();
}

/** The beginning of a day (YYYY-MM-DD) in the zone. */
export function beginOfDay(day: string, zone: string): Date {
  return DateTime.fromISO(day, { zone }).startOf('day').toJSDate();
}

/** The day (YYYY-MM-DD) of an instant in the zone. */
export function dayOf(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toISODate() ?? '';
}

/** The last moment of a period: what lies after it, by a clock that is ahead, is of that moment. */
export function lastMomentOf({ ends }: { ends: Date }): Date {
  return new Date(ends.getTime() - 1);
}

/** The last day (YYYY-MM-DD) of a period. */
export function lastDayOf({ ends, zone }: { ends: Date; zone: string }): string {
  return dayOf(lastMomentOf({ ends }), zone);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAYS_BACK = /^([1-9]\d{0,4})d$/;
export const DAY_MS = 86_400_000;

/** The end of a period that reaches up to now. */
export const NO_END = new Date('9999-12-31T00:00:00Z');

/** The beginning of a day, or of the first of so many days that end today (`90d`); null for other words. */
export function beginOfWords(words: string, now: Date, zone: string): Date | null {
  if (isDay(words)) return beginOfDay(words, zone);
  const days = DAYS_BACK.exec(words)?.[1];
  return days === undefined
    ? null
    : beginOfDay(dayOf(new Date(now.getTime() - (Number(days) - 1) * DAY_MS), zone), zone);
}

/** The end of a day, which belongs to the period that it ends; null for words that are no day. */
export function endOfWords(words: string, zone: string): Date | null {
  return isDay(words) ? beginOfDay(nextDay(words), zone) : null;
}

/** What may be written for the beginning of a period. */
export const BEGIN_WORDS = 'must be a day such as 2026-01-31, or a number of days back such as 90d';

/** Whether words are a day of the calendar (YYYY-MM-DD). */
export function isDay(words: string): boolean {
  return DAY.test(words) && !Number.isNaN(Date.parse(words)) && new Date(words).toISOString().startsWith(words);
}

function nextDay(day: string): string {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
}
