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

/** In the order in which what is due at the same time is told. */
export const DUE_KINDS = ['decision', 'answer', 'first contact', 'next step'] as const;
export type DueKind = (typeof DUE_KINDS)[number];

export interface Due {
  kind: DueKind;
  /** "decide" */
  what: string;
  at: Date;
}

/**
 * What is due in a hand-off, the soonest first; empty where it is over, or an outcome has ended what was planned. An offer waits for its decision
 * alone: what came along with it is told by `dueOnceAccepted`. Lists read the same as SQL, see store/lists/dues.ts.
 * @param planned The next step in its rep's words; null: it is not known
 */
export function duesOfHandOff(handOff: HandOffTimes, stage: Stage, planned: string | null): Due[] {
  const times = timesOf(handOff, stage, planned);
  return handOff.status === 'offered' ? times.filter(({ kind }) => kind === 'decision') : times;
}

/**
 * What the rep takes over by accepting an offer, the soonest first: the answer and the step of who had the lead before. Until then it is not late,
 * however long ago it was due. Empty of what is no offer.
 */
export function dueOnceAccepted(handOff: HandOffTimes, stage: Stage, planned: string | null): Due[] {
  if (handOff.status !== 'offered') return [];
  return timesOf(handOff, stage, planned).filter(({ kind }) => kind !== 'decision');
}

/** Stages in which no rep has accepted the lead: what the one before had planned waits for the next. */
export const STEPS_WAIT_IN = ['qualified', 'assigned'] as const satisfies readonly Stage[];

/** Whether a task is late. @param nowMs On the lead's clock */
export function isTaskLate(
  { status, kind, dueAt }: { status: string; kind: string; dueAt: Date },
  stage: string,
  nowMs: number,
): boolean {
  const waits = kind === 'next-step' && STEPS_WAIT_IN.some((one) => one === stage);
  return status === 'open' && dueAt.getTime() < nowMs && !waits;
}

function timesOf(handOff: HandOffTimes, stage: Stage, planned: string | null): Due[] {
  const { status, dueAt, answerDueAt, firstContactAt, contactDueAt, nextStepAt } = handOff;
  if (!isLive(status) || isClosed(stage)) return [];
  const times: readonly { kind: DueKind; what: string; at: Date | null }[] = [
    { kind: 'decision', what: 'decide', at: status === 'offered' ? dueAt : null },
    { kind: 'answer', what: 'answer the reply', at: answerDueAt },
    { kind: 'first contact', what: 'make the first contact', at: firstContactAt === null ? contactDueAt : null },
    { kind: 'next step', what: planned ?? PLANNED, at: nextStepAt },
  ];
  const due = times.flatMap((one) => (one.at === null ? [] : [{ ...one, at: one.at }]));
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
