/** When a report goes out by mail, and of which days it is. */
import { DateTime } from 'luxon';

export const DIGEST_RHYTHMS = ['daily', 'weekly'] as const;
export type DigestRhythm = (typeof DIGEST_RHYTHMS)[number];

/** The hour of the organization's zone at which digests go out. */
export const DIGEST_HOUR = 7;

export interface DigestPeriod {
  /** Names it: the day (YYYY-MM-DD) on which the mail is due. */
  period: string;
  dueAtMs: number;
  /** First and last day of the report. */
  since: string;
  until: string;
}

/**
 * The newest period whose mail is due: of yesterday, every day; of the last full week, on Mondays. What an outage made late goes out later
 * in the same period, and older ones never.
 */
export function digestPeriod(rhythm: DigestRhythm, nowMs: number, zone: string): DigestPeriod {
  const now = DateTime.fromMillis(nowMs, { zone });
  const step = rhythm === 'daily' ? { days: 1 } : { weeks: 1 };
  const due = (begin: DateTime) => begin.set({ hour: DIGEST_HOUR });
  const latest = now.startOf(rhythm === 'daily' ? 'day' : 'week');
  const begin = due(latest) <= now ? latest : latest.minus(step);
  const day = (at: DateTime): string => at.toISODate() ?? '';
  return {
    period: day(begin),
    dueAtMs: due(begin).toMillis(),
    since: day(begin.minus(step)),
    until: day(begin.minus({ days: 1 })),
  };
}

/** A part of a report in words. */
export interface DigestPart {
  title: string;
  head: readonly string[];
  /** The last one is the total where `hasTotal`. */
  rows: readonly (readonly string[])[];
  hasTotal: boolean;
  /** Lines such as "Came in ▁▃█▂": what the chart shows. */
  lines: readonly string[];
  notes: readonly string[];
}
