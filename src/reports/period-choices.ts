/** The periods that are asked for most, and a period in words. */
import type { Db } from '../store/db.ts';
import type { AskWords } from './ask.ts';
import { DAY_MS, dayOf, lastDayOf } from './periods.ts';
import { dayInWords } from './words.ts';

export interface PeriodChoice {
  title: string;
  /** As `since` is asked for. */
  since: string;
}

/** As far back as a report may reach. */
const MOST_DAYS = 7000;
/** What is asked for in the place of a day. */
export const ALL_TIME = 'all';

/** The day (YYYY-MM-DD) of the first need or cost; today where there is none. */
export async function firstDayOf(db: Db, now: Date, zone: string): Promise<string> {
  const need = await db.need.findFirst({ orderBy: { openedAt: 'asc' }, select: { openedAt: true } });
  const cost = await db.campaignCost.findFirst({ orderBy: { day: 'asc' }, select: { day: true } });
  const today = dayOf(now, zone);
  const days = [today, ...(need ? [dayOf(need.openedAt, zone)] : []), ...(cost ? [dayOf(cost.day, 'UTC')] : [])];
  const [first = today] = days.toSorted();
  const farthest = dayOf(new Date(now.getTime() - MOST_DAYS * DAY_MS), zone);
  return first < farthest ? farthest : first;
}

/** Words that may ask for all time, with its first day. */
export async function withFirstDay(
  db: Db,
  words: AskWords,
  { now, zone }: { now: Date; zone: string },
): Promise<AskWords> {
  return words.since === ALL_TIME ? { ...words, since: await firstDayOf(db, now, zone) } : words;
}

/** All end today. @param firstDay See `firstDayOf` */
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
