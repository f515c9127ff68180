/** A newsletter: a broadcast again and again, at set times. Each firing of its schedule is an **issue**, a broadcast of its own. */
import { DateTime } from 'luxon';
import { WEEKDAYS, type Span, type Weekday } from './cadence.ts';
import type { Condition } from './condition-parts.ts';

/** `timeZone` of a newsletter that goes by the time zone of each lead. */
export const LEADS_OWN_ZONE = 'lead';

/** At what times: days of the week or of the month, or a cron expression of five fields. */
export type NewsletterTimes =
  | { days: readonly Weekday[]; week?: number; months?: readonly number[]; at: string }
  | { dates: readonly number[]; months?: readonly number[]; at: string }
  | { cron: string };

/** A newsletter as playbook/newsletters.yaml says it. */
export interface Newsletter {
  newsletter: string;
  /** As people call it; without it the key. */
  name?: string;
  template: string;
  /** Whom it is for: one of the two. */
  segment?: string;
  when?: Condition;
  times: NewsletterTimes;
  /** IANA zone of the times, or `lead`. Without it the zone of settings.yaml. */
  timeZone?: string;
  /** A time that was missed by more than that is left out. */
  catchUp: Span;
  /** Messages in a minute, at most. */
  rate?: number;
  /** Also where the words are those of the issue before, and to leads that got them. */
  again?: boolean;
  /** It begins paused: nothing is sent before a person resumes it. */
  paused?: boolean;
}

/** The times as cron: minute, hour, day of the month, month, day of the week. A time has to match all five. */
export function cronOf(times: NewsletterTimes): string {
  if ('cron' in times) return times.cron;
  const [hour, minute] = times.at.split(':').map(Number);
  const months = times.months?.join(',') ?? '*';
  if ('dates' in times) return `${minute} ${hour} ${times.dates.join(',')} ${months} *`;
  const dates = times.week === undefined ? '*' : `${times.week * 7 - 6}-${times.week * 7}`;
  const days = times.days.length === WEEKDAYS.length ? '*' : times.days.join(',').toUpperCase();
  return `${minute} ${hour} ${dates} ${months} ${days}`;
}

const WEEKS = ['first', 'second', 'third', 'fourth'];

const NAMES: Readonly<Record<Weekday, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

/** "Tuesday at 09:00", "the first Tuesday of a month at 09:00", "1, 15 of a month at 09:00", "cron 0 9 * * 2" */
export function timesInWords(times: NewsletterTimes): string {
  if ('cron' in times) return `cron ${times.cron}`;
  const { months } = times;
  const ofMonth = months === undefined ? 'of a month' : `of month ${months.join(', ')}`;
  if ('dates' in times) return `${times.dates.join(', ')} ${ofMonth} at ${times.at}`;
  const days = times.days.length === WEEKDAYS.length ? 'daily' : times.days.map((day) => NAMES[day]).join(', ');
  if (times.week !== undefined) return `the ${WEEKS[times.week - 1]} ${days} ${ofMonth} at ${times.at}`;
  return `${days}${months === undefined ? '' : ` ${ofMonth}`} at ${times.at}`;
}

/** The zone that comes first to any local time: with each lead's own time, an issue begins there. */
const FIRST_ZONE = 'Etc/GMT-14';

/** The zone that a schedule fires by. */
export function zoneOfTimes({ timeZone }: Pick<Newsletter, 'timeZone'>, fallback: string): string {
  return timeZone === LEADS_OWN_ZONE ? FIRST_ZONE : (timeZone ?? fallback);
}

/**
 * The date and minute that an issue is called by, in the zone of its times: "2026-12-01T09:00". Two firings with the same name are one
 * issue: the hour that comes twice as the clock is set back, a firing that was delivered twice.
 */
export function issueName(atMs: number, zone: string): string {
  return DateTime.fromMillis(atMs, { zone }).toFormat("yyyy-MM-dd'T'HH:mm");
}

/** The key of the broadcast of an issue. A person cannot give a broadcast such a key: it has a colon. */
export function issueKey(newsletter: string, name: string): string {
  return `${newsletter}:${name}`;
}

/** What the schedule of a newsletter is to be. Plain JSON. */
export interface WantedSchedule {
  cron: string;
  timeZone: string;
  catchUpMs: number;
}
