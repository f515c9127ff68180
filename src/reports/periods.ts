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

/** The beginning of a day (YYYY-MM-DD) in the zone. */
export function beginOfDay(day: string, zone: string): Date {
  return DateTime.fromISO(day, { zone }).startOf('day').toJSDate();
}

/** The day (YYYY-MM-DD) of an instant in the zone. */
export function dayOf(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toISODate() ?? '';
}

/** The last day (YYYY-MM-DD) of a period. */
export function lastDayOf({ until, zone }: { until: Date; zone: string }): string {
  return dayOf(new Date(until.getTime() - 1), zone);
}
