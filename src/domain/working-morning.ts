import { DateTime } from 'luxon';
import type { Hours } from './cadence.ts';
import type { IsHoliday } from './schedule.ts';
import { isOpenDay } from './window.ts';

/**
 * The working day that has begun: its date (YYYY-MM-DD) in the zone, and when its working hours begin. Null on a day off, and before the
 * hours begin.
 */
export function workingMorning(
  nowMs: number,
  { hours, zone, isHoliday }: { hours: Hours; zone: string; isHoliday: IsHoliday },
): { day: string; beginsAtMs: number } | null {
  const now = DateTime.fromMillis(nowMs, { zone });
  if (!now.isValid || !isOpenDay(now, hours, isHoliday)) return null;
  const [hour, minute] = hours.from.split(':').map(Number);
  const begins = now.set({ hour: hour ?? 0, minute: minute ?? 0, second: 0, millisecond: 0 });
  return begins <= now ? { day: now.toISODate(), beginsAtMs: begins.toMillis() } : null;
}
