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

/**
 * The same of a lead's time. A lead whose own clock is ahead (fast-forwarded) has another today than who reads it: all its times have
 * their dates then.
 */
export function whenOfLead(atMs: number, lead: OwnClock, realNowMs: number, zone: string): string {
  const ahead = aheadMs(lead);
  if (ahead === 0) return whenInWords(atMs, realNowMs, zone);
  const [at, now] = [local(atMs, zone), local(realNowMs + ahead, zone)];
  const days = Math.round(at.startOf('day').diff(now.startOf('day'), 'days').days);
  return `${dateInWords(at, days, at.year === now.year)} ${at.toFormat('HH:mm')}`;
}

/** A lead's clock: real time and so many milliseconds. */
export interface OwnClock {
  clockOffsetMs: bigint;
}

/** By how many milliseconds a lead's clock is ahead of real time; 0 below a minute. */
export function aheadMs({ clockOffsetMs }: OwnClock): number {
  const ahead = Number(clockOffsetMs);
  return ahead < 60_000 ? 0 : ahead;
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
  return dateInWords(at, days, isThisYear);
}

function dateInWords(at: DateTime<true>, days: number, isThisYear: boolean): string {
  const year = isThisYear ? '' : ' yyyy';
  return at.setLocale('en-US').toFormat(Math.abs(days) <= NEAR_DAYS ? `ccc d LLL${year}` : `d LLL${year}`);
}

function local(ms: number, zone: string): DateTime<true> {
  const time = DateTime.fromMillis(ms, { zone });
  if (!time.isValid) throw new AppError('INTERNAL', `Not a time or not a zone: ${ms} ${zone}`);
  return time;
}
