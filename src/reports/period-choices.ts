/** The periods that are asked for most, and a period in words. */
import type { Db } from '../store/db.ts';
import { lastDayOf, dayOf } from './periods.ts';
import { dayInWords } from './words.ts';

export interface PeriodChoice {
  title: string;
  /** As `since` is asked for. */
  since: string;
}

/** The day (YYYY-MM-DD) on which the first need came in; today where there is none. */
export async function firstDayOf(db: Db, now: Date, zone: string): Promise<string> {
  const first = await db.need.findFirst({ orderBy: { openedAt: 'asc' }, select: { openedAt: true } });
  return dayOf(first?.openedAt ?? now, zone);
}

/** All end today. @param firstDay On which the first need came in */
export function periodChoices(today: string, firstDay: string): PeriodChoice[] {
  return [
    { title: 'Last 30 days', since: '30d' },
    { title: 'Last 90 days', since: '90d' },
    { title: 'This year', since: `${today.slice(0, 4)}-01-01` },
    { title: 'Last 12 months', since: '365d' },
    { title: 'All time', since: firstDay },
  ];
}

/** "30 Aug 2026 to 27 Nov 2026"; "27 Nov 2026" where it is one day. */
export function periodInWords(asked: { since: Date; ends: Date; zone: string }): string {
  const [first, last] = [dayOf(asked.since, asked.zone), lastDayOf(asked)].map(dayInWords);
  return first === last ? String(first) : `${first} to ${last}`;
}
