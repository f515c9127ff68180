import { DateTime } from 'luxon';
import { AppError } from './errors.ts';

/** Days on either side of today that are named by their weekday. */
const NEAR_DAYS = 6;

/**
 * An instant as a page shows it: "today 09:00", "Tue 1 Dec 09:00" within six days, "1 Dec 09:00" within the year, else
 * "1 Dec 2025 09:00". The page says once of which zone its times are.
 */
export function whenInWords(atMs: number, nowMs: number, zone: string): string {
  const [at, now] = [local(atMs, zone), local(nowMs, zone)];
  const days = Math.round(at.startOf('day').diff(now.startOf('day'), 'days').days);
  return `${dayInWords(at, days, at.year === now.year)} ${at.toFormat('HH:mm')}`;
}

/** The day by the calendar of the zone: "2026-12-01". */
export function dayIn(atMs: number, zone: string): string {
  return local(atMs, zone).toISODate();
}

/** "2026-12-01 09:00 UTC": for who may be in any zone. */
export function minuteInUtc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** "Tue 01 Dec 2026 09:00": where any year may be meant, and days stand in a column. @param at ISO 8601 */
export function dayAndTime(at: string, zone: string): string {
  return local(Date.parse(at), zone).setLocale('en-US').toFormat('ccc dd LLL yyyy HH:mm');
}

/** An instant of a story that begins at another: "Tue 1 Dec 09:00", with the year where it is not that of the beginning. */
export function whenInStory(atMs: number, beginMs: number, zone: string): string {
  const at = local(atMs, zone);
  const year = at.year === local(beginMs, zone).year ? '' : ' yyyy';
  return at.setLocale('en-US').toFormat(`ccc d LLL${year} HH:mm`);
}

function dayInWords(at: DateTime<true>, days: number, isThisYear: boolean): string {
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  if (days === -1) return 'yesterday';
  const year = isThisYear ? '' : ' yyyy';
  return at.setLocale('en-US').toFormat(Math.abs(days) <= NEAR_DAYS ? `ccc d LLL${year}` : `d LLL${year}`);
}

function local(ms: number, zone: string): DateTime<true> {
  const time = DateTime.fromMillis(ms, { zone });
  if (!time.isValid) throw new AppError('INTERNAL', `Not a time or not a zone: ${ms} ${zone}`);
  return time;
}
