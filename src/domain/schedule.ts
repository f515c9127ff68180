import { DateTime, IANAZone } from 'luxon';
import type { SendWindow, Span } from './cadence.ts';
import { AppError } from './errors.ts';
import type { Calendar } from './playbook.ts';
import { spanToMs } from './span.ts';
import { isOpenDay, nextInstant } from './window.ts';

export { parseSpan, spanToMs, spanToText } from './span.ts';

/** Does nobody work on this local date ("2026-12-25")? */
export type IsHoliday = (date: string) => boolean;

export const NO_HOLIDAYS: IsHoliday = () => false;

/** Holidays of a calendar by its key; no key or an unknown one: none. */
export function holidaysOf(calendars: readonly Calendar[], key: string | undefined): IsHoliday {
  const dates = new Set(calendars.find((one) => one.calendar === key)?.holidays);
  return (date) => dates.has(date);
}

export function isZone(zone: string): boolean {
  return IANAZone.isValidZone(zone);
}

/** The zone if it is one, else the fallback: what a lead states about itself must not stop its process. */
export function zoneOf(zone: string | null | undefined, fallback: string): string {
  return zone && isZone(zone) ? zone : fallback;
}

/**
 * The instant a span after `fromMs`. Minutes and hours are exact; days and weeks keep the time on the wall in the zone (a
 * time that DST leaves out moves on by the hour left out); business days also skip weekends and holidays, so that one
 * business day after a Saturday is Monday.
 */
export function addSpan(fromMs: number, span: Span, zone: string, isHoliday: IsHoliday = NO_HOLIDAYS): number {
  const from = local(fromMs, zone);
  switch (span.unit) {
    case 'minutes':
    case 'hours':
      return fromMs + Math.round(spanToMs(span));
    case 'days':
      return from.plus({ days: span.amount }).toMillis();
    case 'weeks':
      return from.plus({ weeks: span.amount }).toMillis();
    case 'business days':
      return addOpenDays(from, span.amount, (day) => day.weekday <= 5 && !isHoliday(day.toISODate())).toMillis();
  }
}

/**
 * The earliest instant at or after `atMs` that is inside the window. Inside is what the clock on the wall shows: an hour
 * that DST repeats is inside twice, a window whose beginning DST leaves out begins with the next minute there is. A window
 * over midnight belongs to the day it begins on; on holidays none begins. Without a window it is `atMs`.
 * @throws AppError when the window does not open within two years, which only one without days or endless holidays does.
 */
export function alignToWindow(
  atMs: number,
  window: SendWindow | undefined,
  zone: string,
  isHoliday: IsHoliday = NO_HOLIDAYS,
): number {
  if (!window) return atMs;
  const opens = nextInstant(local(atMs, zone), window, isHoliday, true, 731);
  if (opens !== null) return opens;
  throw new AppError(
    'PLAYBOOK_INVALID',
    `The window ${window.days.join(', ')} ${window.from}-${window.to} never opens`,
  );
}

/** When a team works: a window of its days, in its zone. */
export type WorkingHours = SendWindow;

/**
 * The instant by which a span of working time has passed. Minutes and hours count only inside the working hours; days,
 * business days and weeks are working days (a week is as many as the team works in one), counted from the first working
 * instant, at the same time of day.
 */
export function addWorkingTime(
  fromMs: number,
  span: Span,
  hours: WorkingHours,
  zone: string,
  isHoliday: IsHoliday = NO_HOLIDAYS,
): number {
  let at = alignToWindow(fromMs, hours, zone, isHoliday);
  if (span.unit !== 'minutes' && span.unit !== 'hours') {
    const days = span.unit === 'weeks' ? span.amount * new Set(hours.days).size : span.amount;
    const due = addOpenDays(local(at, zone), days, (day) => isOpenDay(day, hours, isHoliday));
    return alignToWindow(due.toMillis(), hours, zone, isHoliday);
  }
  let left = Math.round(spanToMs(span));
  for (;;) {
    // Looked for no further than needed: hours around the clock never close.
    const closes = nextInstant(local(at, zone), hours, isHoliday, false, Math.ceil(left / DAY_MS) + 1);
    if (closes === null || left <= closes - at) return at + left;
    left -= closes - at;
    at = alignToWindow(closes, hours, zone, isHoliday);
  }
}

/** "Tue 1 Dec 09:00 Europe/Berlin": for summaries of timers. */
export function formatForPeople(atMs: number, zone: string): string {
  return `${local(atMs, zone).setLocale('en-US').toFormat('ccc d LLL HH:mm')} ${zone}`;
}

function addOpenDays(from: DateTime<true>, amount: number, isOpen: (day: DateTime<true>) => boolean): DateTime<true> {
  let days = 0;
  for (let left = amount; left > 0;) {
    days += 1;
    // Each day is counted from the first, so that a DST gap passed on the way leaves the time of day alone.
    if (isOpen(from.plus({ days }))) left -= 1;
    if (days > MOST_DAYS) throw new AppError('PLAYBOOK_INVALID', 'No working day was found: check the calendars');
  }
  return from.plus({ days });
}

const MOST_DAYS = 10_000;
const DAY_MS = 86_400_000;

function local(ms: number, zone: string): DateTime<true> {
  const time = DateTime.fromMillis(ms, { zone });
  if (!time.isValid) throw new AppError('INTERNAL', `Not a time or not a zone: ${ms} ${zone}`);
  return time;
}
