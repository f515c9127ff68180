import { DateTime } from 'luxon';
import type { Span, Weekday } from './cadence.ts';
import { WEEKDAYS } from './cadence.ts';
import { addSpan, type IsHoliday, subtractSpan } from './schedule.ts';
import { minutesOf } from './window.ts';

/** A date as somebody stated it: an instant, or a day on the calendar. */
export type DatePoint = { kind: 'instant'; atMs: number } | { kind: 'day'; date: string };

/** So long before or after a date. */
export interface Offset {
  span: Span;
  direction: 'before' | 'after';
}

/**
 * The date that a text holds: a day ("2026-12-31"), or a time in ISO 8601, which is on the clock of the zone if it names no offset.
 * Null for anything else.
 */
export function datePointOf(value: unknown, zone: string): DatePoint | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (!/^\d{4}-\d\d-\d\d(T|\s|$)/.test(text)) return null;
  const time = DateTime.fromISO(text.replace(/\s+/, 'T'), { zone });
  if (!time.isValid) return null;
  return text.length === 10 ? { kind: 'day', date: text } : { kind: 'instant', atMs: time.toMillis() };
}

/** The moment so long before or after a date, at a time of that day if one is given ("09:00"). Epoch milliseconds. */
export function momentAt(
  date: DatePoint,
  { offset, at }: { offset?: Offset | undefined; at?: string | undefined },
  zone: string,
  isHoliday: IsHoliday,
): number {
  const fromMs = startOf(date, zone);
  const move = offset?.direction === 'before' ? subtractSpan : addSpan;
  const moved = offset === undefined ? fromMs : move(fromMs, offset.span, zone, isHoliday);
  return at === undefined ? moved : onTheDayOf(moved, at, zone).toMillis();
}

/** When a date is over: a day at its end, an instant at once. What was to come before it is of no use then. */
export function endOf(date: DatePoint, zone: string): number {
  return date.kind === 'instant' ? date.atMs : day(date.date, zone).plus({ days: 1 }).startOf('day').toMillis();
}

/** The same day at a time of day. */
export function atTimeOfDay(ms: number, at: string, zone: string): number {
  return onTheDayOf(ms, at, zone).toMillis();
}

/** The first instant after `fromMs` at a time of day, on one of these days of the week. */
export function nextTimeOfDay(fromMs: number, days: readonly Weekday[], at: string, zone: string): number {
  for (let ahead = 0; ; ahead += 1) {
    const time = onTheDayOf(DateTime.fromMillis(fromMs, { zone }).plus({ days: ahead }).toMillis(), at, zone);
    const weekday = WEEKDAYS[DateTime.fromMillis(fromMs, { zone }).plus({ days: ahead }).weekday - 1];
    if (weekday !== undefined && days.includes(weekday) && time.toMillis() > fromMs) return time.toMillis();
  }
}

function startOf(date: DatePoint, zone: string): number {
  return date.kind === 'instant' ? date.atMs : day(date.date, zone).startOf('day').toMillis();
}

function day(date: string, zone: string): DateTime {
  return DateTime.fromISO(`${date}T12:00`, { zone });
}

/** A time that a change of the clock leaves out moves on by what is left out. */
function onTheDayOf(ms: number, at: string, zone: string): DateTime {
  const minutes = minutesOf(at) ?? 0;
  return DateTime.fromMillis(ms, { zone }).set({
    hour: Math.floor(minutes / 60),
    minute: minutes % 60,
    second: 0,
    millisecond: 0,
  });
}
