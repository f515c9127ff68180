/** How leads of the past went through their cadence: what they were sent, and where they left it. */
import type { Chance } from './chance.ts';

/** The cadence and step of the split in the history. */
export const PAST_CADENCE = 'past-nurture';
/** A cadence of the sample playbook. */
export const READERS_CADENCE = 'ebook-resources';

export interface PastMail {
  afterDays: number;
  step: string;
  template: string;
  clicked: 'person' | 'machine' | 'suspect' | 'nobody';
  unsubscribed: boolean;
  /** It came back: the mailbox was full. */
  bounced: boolean;
}

export interface PastRun {
  /** Null: it came to none. */
  cadence: typeof PAST_CADENCE | typeof READERS_CADENCE | null;
  mails: readonly PastMail[];
  /** When, at which step and why it left before the end; null: it did not. */
  left: { afterDays: number; step: string; reason: string } | null;
  /** Days after it came in at which it had everything. */
  done: number;
}

/** The planted truth: most readers of the ebook who leave do so at this step. */
export const READERS_LEAVE_AT = 'case-study';

interface Step {
  step: string;
  template: string;
  afterDays: number;
  /** The share of those who get it that unsubscribes. */
  unsubscribes: number;
}

const STEPS: Readonly<Record<NonNullable<PastRun['cadence']>, readonly Step[]>> = {
  [PAST_CADENCE]: [
    { step: 'welcome', template: 'welcome', afterDays: 0.01, unsubscribes: 0.012 },
    { step: 'case-study', template: 'case-study', afterDays: 4, unsubscribes: 0.012 },
    { step: 'offer', template: 'offer', afterDays: 11, unsubscribes: 0.012 },
  ],
  [READERS_CADENCE]: [
    { step: 'checklist', template: 'ebook-checklist', afterDays: 2, unsubscribes: 0.02 },
    { step: READERS_LEAVE_AT, template: 'ebook-case-study', afterDays: 7, unsubscribes: 0.18 },
    { step: 'consultation', template: 'ebook-consultation-offer', afterDays: 11, unsubscribes: 0.04 },
    { step: 'last-word', template: 'ebook-last-word', afterDays: 20, unsubscribes: 0.03 },
  ],
};

/** Days after it came in at which nobody is in a cadence any more. */
export const lastStepAfter = 21;

const STUDENT_SEEN = 0.3;

export function cadenceOf({
  hasConsent,
  arm,
  readers,
}: {
  hasConsent: boolean;
  arm: string | null;
  readers: boolean;
}): PastRun['cadence'] {
  if (arm !== null) return PAST_CADENCE;
  return hasConsent && readers ? READERS_CADENCE : null;
}

/** @param life Who is ready for sales leaves, and some of those who study the subject, as ebook-resources says */
export function runOf(
  chance: Chance,
  life: { cadence: PastRun['cadence']; arm: string | null; qualified: number | null; jobTitle: string },
): PastRun {
  const { cadence, arm, qualified, jobTitle } = life;
  const mails: PastMail[] = [];
  if (cadence === null || arm === 'holdout') return { cadence, mails, left: null, done: 0.01 };
  for (const { step, template, afterDays, unsubscribes } of STEPS[cadence]) {
    const luck = chance.next();
    if (qualified !== null && qualified <= afterDays)
      return { cadence, mails, left: { afterDays: qualified, step, reason: 'qualified' }, done: qualified };
    if (cadence === READERS_CADENCE && mails.length === 0 && jobTitle === 'Student' && luck < STUDENT_SEEN)
      return {
        cadence,
        mails,
        left: { afterDays, step, reason: 'studies the subject, does not buy' },
        done: afterDays,
      };
    const unsubscribed = chance.next() < unsubscribes;
    const clicked = luck < 0.14 ? 'person' : luck < 0.18 ? 'machine' : luck < 0.2 ? 'suspect' : 'nobody';
    const bounced = luck > 0.985 && !unsubscribed;
    mails.push({ afterDays, step, template, clicked, unsubscribed, bounced });
    const done = afterDays + 0.1;
    if (unsubscribed) return { cadence, mails, left: { afterDays: done, step, reason: 'unsubscribed' }, done };
  }
  return { cadence, mails, left: null, done: (mails.at(-1)?.afterDays ?? 0) + 1 };
}
