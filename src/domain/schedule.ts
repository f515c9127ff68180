import { DateTime, IANAZone } from 'luxon';
import type { Hours, SendWindow, Span } from './cadence.ts';
import { AppError } from './errors.ts';
import type { Calendar } from './playbook.ts';
import { spanToMs } from './span.ts';
import { isOpenDay, nextInstant, type OpenTimes } from './window.ts';

export { parseSpan, spanToMs, spanToText } from './span.ts';

/** Does nobody work on this local date ("2026-12-25")? */
export type IsHoliday = (date: string) => boolean;

export const NO_HOLIDAYS: IsHoliday = () => false;

/** Made once for each list of holidays: lists stay as they are for as long as a playbook revision is in force. */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Holidays of a calendar by its key; no key or an unknown one: none. */
export function holidaysOf(calendars: readonly Calendar[], key: string | undefined): IsHoliday {
  const holidays = calendars.find((one) => one.calendar === key)?.holidays;
  if (holidays === undefined) return NO_HOLIDAYS;
  const dates = sets.get(holidays) ?? new Set(holidays);
  sets.set(holidays, dates);
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

/** The instant a span before `fromMs`, counted in the same way: one business day before a Monday is Friday. */
export function subtractSpan(fromMs: number, span: Span, zone: string, isHoliday: IsHoliday = NO_HOLIDAYS): number {
  const from = local(fromMs, zone);
  switch (span.unit) {
    case 'minutes':
    case 'hours':
      return fromMs - Math.round(spanToMs(span));
    case 'days':
      return from.minus({ days: span.amount }).toMillis();
    case 'weeks':
      return from.minus({ weeks: span.amount }).toMillis();
    case 'business days':
      return addOpenDays(from, span.amount, (day) => day.weekday <= 5 && !isHoliday(day.toISODate()), -1).toMillis();
  }
}

/**
 * The earliest instant at or after `atMs` that is inside the window. Inside is what the clock on the wall shows: an hour
 * that DST repeats is inside twice, hours whose beginning DST leaves out begin with the next minute there is. Hours
 * over midnight belong to the day they begin on; on holidays none begin. Without a window it is `atMs`.
 * @throws AppError when the window does not open within two years, which only one without days or endless holidays does.
 */
export function alignToWindow(
  atMs: number,
  window: SendWindow | undefined,
  zone: string,
  isHoliday: IsHoliday = NO_HOLIDAYS,
): number {
  return nextOpening(atMs, { window, isHoliday }, zone);
}

/**
 * The earliest instant at or after `atMs` that is inside the window and outside quiet hours.
 * @throws AppError when there is none within two years
 */
export function nextOpening(atMs: number, times: OpenTimes, zone: string): number {
  const { window, quietHours = [] } = times;
  if (!window && quietHours.length === 0) return atMs;
  const opens = nextInstant(local(atMs, zone), times, { open: true, withinDays: 731 });
  if (opens !== null) return opens;
  const quiet = quietHours.length === 0 ? '' : ` outside the quiet hours ${quietHours.map(hoursToText).join(' and ')}`;
  throw new AppError(
    'PLAYBOOK_INVALID',
    `The window ${(window ?? []).map(hoursToText).join(' and ')} never opens${quiet}`,
  );
}

/** Whether it opens at all, in a week without holidays and changes of the clock. */
export function opensEver(times: OpenTimes): boolean {
  return nextInstant(local(A_MONDAY, 'utc'), times, { open: true, withinDays: 8 }) !== null;
}

const A_MONDAY = Date.UTC(2026, 5, 1);

/** "mon, tue 09:00-17:00" */
export function hoursToText({ days, from, to }: Hours): string {
  return `${days.join(', ')} ${from}-${to}`;
}

/** When a team works, in its zone. */
export type WorkingHours = Hours;

/**
 * The instant by which a span of working time has passed, counted in whole minutes from the beginning of the minute that `fromMs` is in:
 * what an offer loses to the milliseconds of the clock must not move its end past the weekend. Minutes and hours count only inside the working hours; days,
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
  const times: OpenTimes = { window: [hours], isHoliday };
  let at = nextOpening(Math.floor(fromMs / MINUTE_MS) * MINUTE_MS, times, zone);
  if (span.unit !== 'minutes' && span.unit !== 'hours') {
    const days = span.unit === 'weeks' ? span.amount * new Set(hours.days).size : span.amount;
    const due = addOpenDays(local(at, zone), days, (day) => isOpenDay(day, hours, isHoliday));
    return nextOpening(due.toMillis(), times, zone);
  }
  let left = Math.round(spanToMs(span));
  for (;;) {
    // Looked for no further than needed: hours around the clock never close.
    const closes = closing(at, times, zone, left);
    if (closes === null || left <= closes - at) return at + left;
    left -= closes - at;
    at = nextOpening(closes, times, zone);
  }
}

/** The first instant from `atMs` on at which it is closed; null when there is none for so long. */
function closing(atMs: number, times: OpenTimes, zone: string, forMs: number): number | null {
  return nextInstant(local(atMs, zone), times, { open: false, withinDays: Math.ceil(forMs / DAY_MS) + 1 });
}

/**
 * A later instant of the same opening: `share` (0 up to 1) of the way through the time that follows `openMs`, which is `forMs` long, or
 * shorter if it closes before.
 */
export function spreadOver(openMs: number, times: OpenTimes, zone: string, forMs: number, share: number): number {
  const closesMs = closing(openMs, times, zone, forMs) ?? Infinity;
  return openMs + Math.floor(share * Math.min(forMs, closesMs - openMs));
}

/** "Tue 1 Dec 09:00 Europe/Berlin", with the year where it is not that of `nowMs`: for mails and summaries of timers. */
export function formatForPeople(atMs: number, zone: string, nowMs: number): string {
  const at = local(atMs, zone);
  const year = at.year === local(nowMs, zone).year ? '' : ' yyyy';
  return `${at.setLocale('en-US').toFormat(`ccc d LLL${year} HH:mm`)} ${zone}`;
}

function addOpenDays(
  from: DateTime<true>,
  amount: number,
  isOpen: (day: DateTime<true>) => boolean,
  step: 1 | -1 = 1,
): DateTime<true> {
  let days = 0;
  for (let left = amount; left > 0;) {
    days += step;
    // Each day is counted from the first, so that a DST gap passed on the way leaves the time of day alone.
    if (isOpen(from.plus({ days }))) left -= 1;
    if (Math.abs(days) > MOST_DAYS)
      throw new AppError('PLAYBOOK_INVALID', 'No working day was found: check the calendars');
  }
  return from.plus({ days });
}

const MOST_DAYS = 10_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

function local(ms: number, zone: string): DateTime<true> {
  const time = DateTime.fromMillis(ms, { zone });
  if (!time.isValid) throw new AppError('INTERNAL', `Not a time or not a zone: ${ms} ${zone}`);
  return time;
}
