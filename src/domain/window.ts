import type { DateTime } from 'luxon';
import { WEEKDAYS, type Hours, type SendWindow } from './cadence.ts';
import { AppError } from './errors.ts';

/** When something may leave: inside the window, if there is one, and outside quiet hours. */
export interface OpenTimes {
  window?: SendWindow | undefined;
  /** These begin on every one of their days, holiday or not. */
  quietHours?: readonly Hours[] | undefined;
  /** On holidays no span of the window begins. */
  isHoliday: (date: string) => boolean;
}

/** Whether a stored value is hours: nothing else is ever written there. */
export function isHours(value: unknown): value is Hours {
  return typeof value === 'object' && value !== null && 'days' in value && 'from' in value && 'to' in value;
}

/** Minutes since midnight of "HH:MM", up to "24:00"; null for anything else. */
export function minutesOf(clock: string): number | null {
  const [, hour, minute] = /^(\d{1,2}):(\d\d)$/.exec(clock) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && minutes <= DAY ? minutes : null;
}

/** May hours begin on the day this time is in? */
export function isOpenDay(day: DateTime<true>, hours: Hours, isHoliday: (date: string) => boolean): boolean {
  const weekday = WEEKDAYS[day.weekday - 1];
  return weekday !== undefined && hours.days.includes(weekday) && !isHoliday(day.toISODate());
}

/** Whether something may leave at this local time. The first minute of hours is inside them, the last is not. */
export function isOpen(time: DateTime<true>, { window, quietHours = [], isHoliday }: OpenTimes): boolean {
  const inWindow = window === undefined || window.some((hours) => isInside(time, hours, isHoliday));
  return inWindow && !quietHours.some((hours) => isInside(time, hours, () => false));
}

function isInside(time: DateTime<true>, hours: Hours, isHoliday: (date: string) => boolean): boolean {
  const [from, to] = boundsOf(hours);
  const minute = time.hour * 60 + time.minute;
  const today = (): boolean => isOpenDay(time, hours, isHoliday);
  if (from < to) return minute >= from && minute < to && today();
  // Noon exists on every day, also when DST changes.
  const yesterday = (): boolean => isOpenDay(time.set({ hour: 12 }).minus({ days: 1 }), hours, isHoliday);
  return (minute >= from && today()) || (minute < to && yesterday());
}

/**
 * The earliest instant at or after `at` that is open (or, with `open` false, closed); null when there is none within so many days.
 */
export function nextInstant(
  at: DateTime<true>,
  times: OpenTimes,
  { open, withinDays }: { open: boolean; withinDays: number },
): number | null {
  if (isOpen(at, times) === open) return at.toMillis();
  const noon = at.set({ hour: 12, minute: 0, second: 0, millisecond: 0 });
  for (let days = 0; days <= withinDays; days += 1) {
    const changes = edgesOf(noon.plus({ days }), times)
      .filter((edge) => edge >= at && isOpen(edge, times) === open)
      .map((edge) => edge.toMillis());
    if (changes.length > 0) return Math.min(...changes);
  }
  return null;
}

const DAY = 24 * 60;

function boundsOf(hours: Hours): [number, number] {
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  if (from === null || to === null) throw new AppError('PLAYBOOK_INVALID', `Not a window: ${hours.from}-${hours.to}`);
  return [from, to];
}

/**
 * All instants of a day at which it can open or close: midnight, the bounds of all hours (twice when DST repeats them), a DST change.
 */
function edgesOf(noon: DateTime<true>, { window = [], quietHours = [] }: OpenTimes): DateTime<true>[] {
  const midnight = noon.startOf('day');
  const bounds = [...new Set([...window, ...quietHours].flatMap(boundsOf))]
    .filter((minutes) => minutes < DAY)
    .flatMap((minutes) => noon.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).getPossibleOffsets());
  return [midnight, ...bounds, ...offsetChange(midnight, noon.plus({ days: 1 }).startOf('day'))] as DateTime<true>[];
}

/** The instant in (from, to] at which the zone's offset changes, to the minute, if it does. */
function offsetChange(from: DateTime<true>, to: DateTime<true>): DateTime<true>[] {
  if (from.offset === to.offset) return [];
  let before = 0;
  let after = Math.round(to.diff(from).as('minutes'));
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (from.plus({ minutes: middle }).offset === from.offset) before = middle;
    else after = middle;
  }
  return [from.plus({ minutes: after })];
}
