import { html } from 'hono/html';
import type { AgainstMail } from '../domain/against-mail.ts';
import { presentable } from '../domain/stated-words.ts';
import { formatForPeople } from '../domain/schedule.ts';
import { type Wait, waitSentence } from '../domain/waits.ts';
import { aheadMs, type OwnClock, whenInWords, whenOfLead } from '../domain/when.ts';
import type { Html } from './layout.ts';

/** An instant as every page shows it, in the reader's zone: "tomorrow 15:00", "Fri 28 Nov 15:00", "12 Jan 2027 15:00". */
export function whenShown(at: Date | number, zone: string, nowMs: number = Date.now()): string {
  return whenInWords(Number(at), nowMs, zone);
}

/** A time of one lead as the page shows it. */
export type When = (at: Date | number) => string;

/** Times of a lead in the reader's zone, all by one clock: with their dates, where the lead's own is ahead. @param nowMs real time */
export function timesOf(lead: OwnClock, zone: string, nowMs: number = Date.now()): When {
  return (at) => whenOfLead(Number(at), lead, nowMs, zone);
}

/** Beside a lead whose clock is ahead: its times may be in the future. */
export function clockBadge(lead: OwnClock): Html | '' {
  const ahead = aheadMs(lead);
  return ahead === 0 ? '' : html` <span class="badge">clock ahead by ${durationInWords(ahead / 1000)}</span>`;
}

/** The same in a sentence, on top of its page; empty: its clock is the real one. */
export function clockInSentence(lead: OwnClock, zone: string, nowMs: number): Html | '' {
  const ahead = aheadMs(lead);
  if (ahead === 0) return '';
  const now = whenOfLead(nowMs + ahead, lead, nowMs, zone);
  return html`<p class="soft">
    This lead was fast-forwarded: its clock is ahead of real time by ${durationInWords(ahead / 1000)}. For it, it is
    ${now}. All times on this page are by its clock.
  </p>`;
}

/**
 * What keeps mails waiting, with its times in a zone that it names: that of the lead, on the page of a lead. `commands`: the reader has the
 * command line (`readsCommands`).
 */
export function waitInWords(
  { lift, ask, ...wait }: Wait,
  { zone, nowMs, commands }: { zone: string; nowMs: number; commands: boolean },
): string {
  const at = (instant: Date | null): string | null => instant && formatForPeople(instant.getTime(), zone, nowMs);
  const ends = { what: wait.what, lift: commands ? lift : ask };
  return `${waitSentence(ends, { since: at(wait.since), until: at(wait.until) })}.`;
}

/** What stands against mail to a lead, with its time as the page of the lead shows it. `lifts`: the reader may lift suppressions. */
export function againstInWords(
  { what, since, lift, ask }: AgainstMail,
  { when, lifts }: { when: When; lifts: boolean },
): string {
  const ends = { what, lift: lifts ? lift : ask };
  return `${waitSentence(ends, { since: since && when(since), until: null })}.`;
}

/** The name of a lead as pages show it. */
export function nameOf(lead: { firstName: string | null; lastName: string | null; company: string | null }): string {
  const { firstName, lastName, company } = presentable({ ...lead, jobTitle: null });
  const name = [firstName, lastName].filter((part) => part !== null).join(' ');
  return name === '' ? (company ?? 'A lead without a name') : name;
}

/** "40 min", "3 h 20 min", "2 days". */
export function durationInWords(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
  return `${Math.round(minutes / 1440)} days`;
}
