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

/** The days before those of a digest, as many. They are days of the calendar: a change of the clocks moves none. */
export function periodBefore(
  rhythm: DigestRhythm,
  { since, until }: Pick<DigestPeriod, 'since' | 'until'>,
): Pick<DigestPeriod, 'since' | 'until'> {
  const moved = (day: string): string =>
    DateTime.fromISO(day, { zone: 'utc' })
      .minus(rhythm === 'daily' ? { days: 1 } : { weeks: 1 })
      .toISODate() ?? '';
  return { since: moved(since), until: moved(until) };
}

/** A part of a report in words. */
export interface DigestPart {
  title: string;
  head: readonly DigestColumn[];
  /** As many cells as `head`; null: there is nothing to say. */
  rows: readonly DigestRow[];
  /** Lines such as "Came in ▁▃█▂": what the chart shows. */
  lines: readonly string[];
  notes: readonly string[];
}

export interface DigestColumn {
  title: string;
  /** Figures stand to the right, words to the left. */
  isFigure: boolean;
}

export interface DigestRow {
  cells: readonly (string | null)[];
  isTotal: boolean;
}
