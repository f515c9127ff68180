/** Times of a simulated life. */
import { DateTime } from 'luxon';
import { WEEKDAYS, type Weekday } from '../domain/cadence.ts';

/** The first instant at or after `fromMs` that is this day and time on the wall of the zone. */
export function nextWeekTime(fromMs: number, { day, time }: { day: Weekday; time: string }, zone: string): number {
  const from = DateTime.fromMillis(fromMs, { zone });
  const days = (WEEKDAYS.indexOf(day) + 8 - from.weekday) % 7;
  const candidate = onDay(from.plus({ days }), time);
  return candidate.toMillis() >= fromMs ? candidate.toMillis() : onDay(from.plus({ days: days + 7 }), time).toMillis();
}

/** This time of the day so many days after the day of `fromMs`, by the calendar of the zone. */
export function dayTime(fromMs: number, day: number, time: string, zone: string): number {
  return onDay(DateTime.fromMillis(fromMs, { zone }).plus({ days: day }), time).toMillis();
}

/** The end of the day that is so many days after that of `fromMs`. */
export function endOfDay(fromMs: number, day: number, zone: string): number {
  return DateTime.fromMillis(fromMs, { zone }).plus({ days: day }).endOf('day').toMillis();
}

function onDay(day: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return day.set({ hour, minute, second: 0, millisecond: 0 });
}
