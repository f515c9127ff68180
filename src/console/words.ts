import { DateTime } from 'luxon';
import { decimalsOf } from '../domain/currency.ts';
import { presentable } from '../domain/stated-words.ts';

/** So near, a weekday says more than a date alone. */
const NEAR_DAYS = 7;

/** "Fri 28 Nov 15:00" in the reader's zone: with the weekday where it is near, and with the year where it is another. */
export function whenShown(at: Date | number, zone: string, nowMs: number = Date.now()): string {
  const [then, now] = [at, nowMs].map((one) => DateTime.fromMillis(Number(one), { zone }).setLocale('en-US'));
  if (then === undefined || now === undefined) return '';
  const isNear = Math.abs(then.diff(now, 'days').days) < NEAR_DAYS;
  return then.toFormat(`${isNear ? 'ccc ' : ''}d LLL${then.year === now.year ? '' : ' yyyy'} HH:mm`);
}

/** The name of a lead as pages show it. */
export function nameOf(lead: { firstName: string | null; lastName: string | null; company: string | null }): string {
  const { firstName, lastName, company } = presentable({ ...lead, jobTitle: null });
  const name = [firstName, lastName].filter((part) => part !== null).join(' ');
  return name === '' ? (company ?? 'A lead without a name') : name;
}

/** @param locale That of the reader: "€1,200.50" or "1.200,50 €" */
export function moneyInWords(minor: bigint, currency: string | null, locale = 'en'): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: currency ?? 'EUR' });
  return format.format(Number(minor) / 10 ** decimalsOf(currency));
}

/** "40 min", "3 h 20 min", "2 days". */
export function durationInWords(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
  return `${Math.round(minutes / 1440)} days`;
}
