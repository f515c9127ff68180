import { DateTime } from 'luxon';

/** Local time "2026-12-01T09:00" in a zone as epoch milliseconds, and back. */
export function at(local: string, zone: string): number {
  return DateTime.fromISO(local, { zone }).toMillis();
}

export function text(ms: number, zone: string): string {
  return DateTime.fromMillis(ms, { zone }).toFormat("yyyy-MM-dd'T'HH:mm");
}
