/** What the rep of a lead is to do, and by when; and how long the lead may be put off because of it. */
import { type AssignmentStatus, isLive } from './assignment.ts';
import { isClosed, type Stage } from './stage.ts';

/** The times of a hand-off. */
export interface HandOffTimes {
  status: AssignmentStatus;
  dueAt: Date | null;
  answerDueAt: Date | null;
  firstContactAt: Date | null;
  contactDueAt: Date | null;
  nextStepAt: Date | null;
}

export interface Due {
  /** "decide" */
  what: string;
  at: Date;
}

/**
 * What is due in a hand-off, the soonest first; empty where it is over, or an outcome has ended what was planned. An offer may have come with
 * the step that was planned by who had the lead before.
 * @param planned The next step in its rep's words; null: it is not known
 */
export function duesOfHandOff(times: HandOffTimes, stage: Stage, planned: string | null): Due[] {
  const { status, dueAt, answerDueAt, firstContactAt, contactDueAt, nextStepAt } = times;
  if (!isLive(status) || isClosed(stage)) return [];
  const due = [
    { what: 'decide', at: status === 'offered' ? dueAt : null },
    { what: 'answer the reply', at: answerDueAt },
    { what: 'make the first contact', at: firstContactAt === null ? contactDueAt : null },
    { what: planned ?? PLANNED, at: nextStepAt },
  ].flatMap(({ what, at }) => (at === null ? [] : [{ what, at }]));
  return due.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

const PLANNED = 'do what is planned';

/**
 * Why a lead cannot be put off until then: something of it is due before; null: it can.
 * @param dues Without the words of its rep, the soonest first
 * @param when An instant in words
 */
export function whyNotSnoozed(
  [soonest]: readonly Due[],
  until: Date,
  { nowMs, when }: { nowMs: number; when: (at: Date) => string },
): string | null {
  if (soonest === undefined || until <= soonest.at) return null;
  const { what, at } = soonest;
  const otherwise = what === PLANNED ? ', or plan it for later' : '';
  if (at.getTime() > nowMs) return `You must ${what} by ${when(at)}: snooze until then at the latest${otherwise}.`;
  return `You had to ${what} by ${when(at)}: do so first${otherwise}, and snooze it then.`;
}
