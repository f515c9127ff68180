import { DateTime } from 'luxon';

/** What a contact with a planned next one asks for: its own text says what came of it. */
export const NEXT_CONTACT = 'Contact again';

/** A rep is reminded so long before a next step. */
const REMIND_BEFORE_MS = 3_600_000;

/** When the rep is reminded of a next step: an hour before it, and not before now. */
export function reminderOf(step: Date, nowMs: number): Date {
  return new Date(Math.max(step.getTime() - REMIND_BEFORE_MS, nowMs));
}

/** A working day begins so for what is to be done. */
const OPENS_AT = 9;
/** Longer no rep is without a working day. */
const MOST_DAYS_OFF = 60;

/** 09:00 of the day in so many days, in the zone, or of the first working day after it. */
export function workingDayIn(
  days: number,
  { nowMs, zone, isWorkingDay }: { nowMs: number; zone: string; isWorkingDay: (day: DateTime<true>) => boolean },
): Date {
  const first = DateTime.fromMillis(nowMs, { zone }).plus({ days }).startOf('day').set({ hour: OPENS_AT });
  for (let off = 0; off < MOST_DAYS_OFF; off += 1) {
    const day = first.plus({ days: off });
    if (day.isValid && isWorkingDay(day)) return day.toJSDate();
  }
  return first.toJSDate();
}
