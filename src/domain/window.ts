import type { DateTime } from 'luxon';
import { WEEKDAYS, type SendWindow } from './cadence.ts';
import { AppError } from './errors.ts';

/** Minutes since midnight of "HH:MM", up to "24:00"; null for anything else. */
export function minutesOf(clock: string): number | null {
  const [, hour, minute] = /^(\d{1,2}):(\d\d)$/.exec(clock) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && minutes <= DAY ? minutes : null;
}

/** May a window begin on the day this time is in? */
export function isOpenDay(day: DateTime<true>, window: SendWindow, isHoliday: (date: string) => boolean): boolean {
  const weekday = WEEKDAYS[day.weekday - 1];
  return weekday !== undefined && window.days.includes(weekday) && !isHoliday(day.toISODate());
}

/** Whether this local time is inside the window. The first minute is inside, the last is not. */
export function isInside(time: DateTime<true>, window: SendWindow, isHoliday: (date: string) => boolean): boolean {
  const [from, to] = boundsOf(window);
  const minute = time.hour * 60 + time.minute;
  const today = (): boolean => isOpenDay(time, window, isHoliday);
  if (from < to) return minute >= from && minute < to && today();
  // Noon exists on every day, also when DST changes.
  const yesterday = (): boolean => isOpenDay(time.set({ hour: 12 }).minus({ days: 1 }), window, isHoliday);
  return (minute >= from && today()) || (minute < to && yesterday());
}

/**
 * The earliest instant at or after `at` that is inside the window (or, with `inside` false, outside); null when there is
 * none within so many days.
 */
export function nextInstant(
  at: DateTime<true>,
  window: SendWindow,
  isHoliday: (date: string) => boolean,
  inside: boolean,
  withinDays: number,
): number | null {
  if (isInside(at, window, isHoliday) === inside) return at.toMillis();
  const noon = at.set({ hour: 12, minute: 0, second: 0, millisecond: 0 });
  for (let days = 0; days <= withinDays; days += 1) {
    const changes = edgesOf(noon.plus({ days }), window)
      .filter((edge) => edge >= at && isInside(edge, window, isHoliday) === inside)
      .map((edge) => edge.toMillis());
    if (changes.length > 0) return Math.min(...changes);
  }
  return null;
}

const DAY = 24 * 60;

function boundsOf(window: SendWindow): [number, number] {
  const from = minutesOf(window.from);
  const to = minutesOf(window.to);
  if (from === null || to === null) throw new AppError('PLAYBOOK_INVALID', `Not a window: ${window.from}-${window.to}`);
  return [from, to];
}

/** All instants of a day at which the window can open or close: midnight, both bounds (twice when DST repeats them), a DST change. */
function edgesOf(noon: DateTime<true>, window: SendWindow): DateTime<true>[] {
  const midnight = noon.startOf('day');
  const bounds = boundsOf(window)
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
