/** The leads of a mail to a rep in words, and the morning on which the list of the day is due. */
import { hoursOfRep } from '../domain/choose-rep.ts';
import type { DueKind } from '../domain/dues.ts';
import type { Playbook } from '../domain/playbook.ts';
import { isAway } from '../domain/room.ts';
import { holidaysOf } from '../domain/schedule.ts';
import { whenInWords, whenOfLead } from '../domain/when.ts';
import { workingMorning } from '../domain/working-morning.ts';
import type { ListedLine, ListPart } from '../email/rep-list-mail.ts';
import { leadNow } from '../store/clock.ts';
import { type DeskRow, waitingReply } from '../store/lists/desk.ts';
import type { DigestReader, HeldAlert } from '../store/sales/rep-mails.ts';
import { leadInWords } from './mail-watch.ts';

/** So many leads of a part are described; of the others the mail says how many there are. */
const DESCRIBED = 20;

interface Shown {
  /** The rep's. */
  zone: string;
  nowMs: number;
  base: string;
}

/** What is due first. A step has the words of who planned it. */
const DUE_WORDS: Readonly<Record<DueKind, string | null>> = {
  decision: 'Decide',
  answer: 'Answer the reply',
  'first contact': 'Make the first contact',
  'next step': null,
};

const ALERT_TITLES: Readonly<Record<string, string>> = {
  'rep-reminder': 'Waiting for your decision',
  'rep-late': 'Not contacted in time',
  'rep-reply': 'They answered',
  'rep-request-added': 'They asked again',
};

/** By what happened, in the order in which a rep should look. */
export function alertParts(alerts: readonly HeldAlert[], shown: Shown): ListPart[] {
  return Object.entries(ALERT_TITLES).flatMap(([template, title]) => {
    const its = alerts.filter((one) => one.template === template);
    return partOf(title, its, (one) => {
      const { dueAt, occurredAt } = one;
      const what = dueAt === null ? timeOf(occurredAt, shown, shown.nowMs) : `by ${timeOf(dueAt, shown, shown.nowMs)}`;
      return lineOf(one, what, shown);
    });
  });
}

/** The day whose morning it is for the rep, where the list of it is due; null on days off, while away, and before the work begins. */
export function morningOf(
  { teams, workingHours, timeZone, awayFrom, awayUntil, digestSince }: DigestReader,
  { routing, calendars }: Pick<Playbook, 'routing' | 'calendars'>,
  nowMs: number,
): { day: string } | null {
  const team = routing.teams.find((one) => teams.includes(one.team));
  if (team === undefined || isAway({ awayFrom, awayUntil }, nowMs)) return null;
  const times = { ...hoursOfRep({ workingHours, timeZone }, team), isHoliday: holidaysOf(calendars, team.calendar) };
  const morning = workingMorning(nowMs, times);
  return morning === null || digestSince.getTime() > morning.beginsAtMs ? null : morning;
}

/** What waits for the rep's decision, what is overdue, and what is due by the end of the day. */
export function digestParts(rows: readonly DeskRow[], shown: Shown): { parts: ListPart[]; subject: string } {
  const { nowMs } = shown;
  const isLate = (row: DeskRow): boolean => row.dueAt !== null && row.dueAt.getTime() < leadNow(row, nowMs);
  const waits = rows.filter(({ part }) => part === 'waits');
  const due = rows.filter(({ part }) => part === 'due');
  const [overdue, today] = [due.filter(isLate), due.filter((row) => !isLate(row))];
  const line = (row: DeskRow): ListedLine => {
    const replied = waitingReply(row);
    if (replied !== null)
      return lineOf(row, `Answer the reply of ${whenOfLead(replied.getTime(), row, nowMs, shown.zone)}`, shown);
    const next = row.task?.body ?? DUE_WORDS[row.due ?? 'next step'] ?? row.nextStep ?? 'Next step';
    const when = row.dueAt === null ? '' : `: ${whenOfLead(row.dueAt.getTime(), row, nowMs, shown.zone)}`;
    return lineOf(row, `${next}${when}`, shown);
  };
  const parts = [
    ...partOf('Overdue', overdue, line),
    ...partOf('Waiting for your decision', waits, line, waits[0]?.ofPart),
    ...partOf('Due today', today, line),
  ];
  const counts = [`${waits[0]?.ofPart ?? 0} to decide on`, `${today.length} due`, `${overdue.length} overdue`];
  return { parts, subject: `Your day: ${counts.join(', ')}` };
}

function partOf<T>(title: string, rows: readonly T[], line: (row: T) => ListedLine, count = rows.length): ListPart[] {
  if (rows.length === 0) return [];
  const lines = rows.slice(0, DESCRIBED).map(line);
  return [{ title, lines, more: count - lines.length }];
}

function lineOf(row: Named, what: string, { base }: Shown): ListedLine {
  return { lead: leadInWords(row), what, url: `${base}/console/leads/${row.leadId}` };
}

type Named = Pick<HeldAlert, 'leadId' | 'firstName' | 'lastName' | 'company'>;

function timeOf(at: Date, { zone }: Shown, nowMs: number): string {
  return whenInWords(at.getTime(), nowMs, zone);
}
