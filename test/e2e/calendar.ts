/** When things should happen, worked out apart from the engine's own schedule. */
import { DateTime } from 'luxon';

/** First working moment from `at` on: itself if it lies between `from` and `to` o'clock on a day from Monday to Friday. */
export function workingMoment(at: DateTime, from: number, to: number): DateTime {
  let moment = at;
  if (moment.hour >= to) moment = moment.plus({ days: 1 }).set({ hour: from, minute: 0, second: 0, millisecond: 0 });
  if (moment.hour < from) moment = moment.set({ hour: from, minute: 0, second: 0, millisecond: 0 });
  while (moment.weekday > 5)
    moment = moment.plus({ days: 1 }).set({ hour: from, minute: 0, second: 0, millisecond: 0 });
  return moment;
}

/** The same for mails that leave on Tuesday to Thursday, 9:30 to 16:00. */
export function midweekMoment(at: DateTime): DateTime {
  const opens = { hour: 9, minute: 30, second: 0, millisecond: 0 };
  let moment = at;
  if (moment >= moment.set({ ...opens, hour: 16, minute: 0 })) moment = moment.plus({ days: 1 }).set(opens);
  if (moment < moment.set(opens)) moment = moment.set(opens);
  while (moment.weekday < 2 || moment.weekday > 4) moment = moment.plus({ days: 1 }).set(opens);
  return moment;
}

/** The same time of day so many business days later (Monday to Friday; no holiday is near). */
export function businessDaysLater(at: DateTime, days: number): DateTime {
  let moment = at;
  for (let left = days; left > 0;) {
    moment = moment.plus({ days: 1 });
    if (moment.weekday <= 5) left -= 1;
  }
  return moment;
}

/** An instant to the minute, in words. */
export function minuteOf(at: DateTime | string, zone: string): string {
  const moment = typeof at === 'string' ? DateTime.fromISO(at) : at;
  return moment.setZone(zone).toFormat('ccc yyyy-LL-dd HH:mm');
}
