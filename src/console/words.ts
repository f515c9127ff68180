import { presentable } from '../domain/stated-words.ts';
import { formatForPeople } from '../domain/schedule.ts';
import { type Wait, waitSentence } from '../domain/waits.ts';
import { whenInWords } from '../domain/when.ts';

/** An instant as every page shows it, in the reader's zone: "tomorrow 15:00", "Fri 28 Nov 15:00", "12 Jan 2027 15:00". */
export function whenShown(at: Date | number, zone: string, nowMs: number = Date.now()): string {
  return whenInWords(Number(at), nowMs, zone);
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
