/** How leads of the past went through their cadence: what they were sent, and where they left it. */
import type { Chance } from './chance.ts';
import { STUDENT } from './profile.ts';

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
  /** The lead reported it as spam, and is unsubscribed by that. */
  complained: boolean;
  /** It came back: the mailbox was full, or, `hard`, there is none. */
  bounced: boolean;
  hard: boolean;
  /** It was not sent: an earlier one came back for good. */
  skipped: boolean;
}

export interface PastRun {
  /** Null: it came to none. */
  cadence: typeof PAST_CADENCE | typeof READERS_CADENCE | null;
  mails: readonly PastMail[];
  /** The arm of the pause before the last word to readers; null: it did not come there. */
  pause: { afterDays: number; arm: string } | null;
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
    { step: 'last-word', template: 'ebook-last-word', afterDays: 18.5, unsubscribes: 0.03 },
  ],
};

/** The split of the cadence of the history: who gets which words. */
export const WORDS = 'words';
/** The split before the last word to readers, and how many days later it leaves by each arm than by the first. */
export const PAUSE = 'pause';
const PAUSES = [
  { arm: 'one-week', later: 0 },
  { arm: 'two-weeks', later: 7 },
] as const;
const PAUSE_AFTER = 11.2;

/** Days after it came in at which nobody is in a cadence any more. */
export const lastStepAfter = 28;

const STUDENT_SEEN = 0.3;
/** Of the first mails, those to an address that does not exist; of all, those that are reported as spam. */
const HARD = 0.012;
const SPAM = 0.0025;

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
  let pause: PastRun['pause'] = null;
  if (cadence === null) return { cadence, mails, pause, left: null, done: 0.01 };
  if (arm === 'holdout') {
    const left = { afterDays: 0.01, step: WORDS, reason: `held out by the split ‘${WORDS}’` };
    return { cadence, mails, pause, left, done: 0.01 };
  }
  let later = 0;
  for (const { step, template, afterDays: usual, unsubscribes } of STEPS[cadence]) {
    const luck = chance.next();
    if (step === 'last-word') {
      const way = chance.of(PAUSES);
      if (qualified === null || qualified > PAUSE_AFTER) pause = { afterDays: PAUSE_AFTER, arm: way.arm };
      later = way.later;
    }
    const afterDays = usual + later;
    const leaves = (reason: string, at: number): PastRun => ({
      cadence,
      mails,
      pause,
      left: { afterDays: at, step, reason },
      done: at,
    });
    if (qualified !== null && qualified <= afterDays) return leaves('qualified', qualified);
    if (cadence === READERS_CADENCE && mails.length === 0 && jobTitle === STUDENT && luck < STUDENT_SEEN)
      return leaves('studies the subject, does not buy', afterDays);
    const skipped = mails.some(({ hard }) => hard);
    const [hard, spam] = [chance.next() < HARD && mails.length === 0, chance.next() < SPAM];
    const unsubscribed = !skipped && !hard && (chance.next() < unsubscribes || spam);
    const bounced = !skipped && (hard || (luck > 0.985 && !unsubscribed));
    const clicks = luck < 0.14 ? 'person' : luck < 0.18 ? 'machine' : luck < 0.2 ? 'suspect' : 'nobody';
    const clicked = skipped || bounced ? 'nobody' : clicks;
    const complained = unsubscribed && spam;
    mails.push({ afterDays, step, template, clicked, unsubscribed, complained, bounced, hard, skipped });
    if (unsubscribed) return leaves('unsubscribed', afterDays + 0.1);
  }
  return { cadence, mails, pause, left: null, done: (mails.at(-1)?.afterDays ?? 0) + 1 };
}
