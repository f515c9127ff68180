import { DateTime } from 'luxon';

/** ISO 8601; `until`: null for an absence without a known end. */
export interface AwayTime {
  from: string;
  until: string | null;
}

/**
 * "away from Sat 28 Nov 2026, back on Sat 12 Dec 2026". An absence is of whole days, which are the same for whoever reads of them.
 * @param zone Of the rep who is away: IANA name
 */
export function awayDaysInWords({ from, until }: AwayTime, zone: string): string {
  const day = (at: string): string => DateTime.fromISO(at, { zone }).setLocale('en-US').toFormat('ccc d LLL yyyy');
  return `away from ${day(from)}${until === null ? '' : `, back on ${day(until)}`}`;
}
