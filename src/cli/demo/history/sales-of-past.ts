/** What sales made of past leads. */
import type { Chance } from './chance.ts';
import { lastStepAfter, type PastRun } from './cadence-runs.ts';
import type { PastLife } from './past-life.ts';
import { TRUTHS } from './truths.ts';

/** Reasons of reasons.yaml for a rejection, and for the end of a need. */
const REJECTED = [
  { key: 'too-early', weight: 5 },
  { key: 'no-answer', weight: 3 },
  { key: 'not-now-budget', weight: 2 },
] as const;
const GIVEN_UP = ['no-fit', 'bought-elsewhere'];
const LOST = ['price', 'competitor-won', 'put-off', 'price'];
/** Days. */
const RESTS_AFTER = 10;

export function offerOf(chance: Chance, qualified: number, reps: number, share: number) {
  const rep = Math.floor(chance.next() * reps);
  const hours = 0.5 + 5 * chance.next();
  return {
    afterDays: qualified + 0.05,
    rep,
    answeredHours: rep === TRUTHS.slowRep % reps ? hours * TRUTHS.slowness : hours,
    accepted: chance.next() < share,
  };
}

/** Why a rep sends it back. */
export function reasonOf(chance: Chance): string {
  return chance.weighted(REJECTED).key;
}

export function endOf(chance: Chance, opportunity: number, grade: PastLife['grade']): PastLife['ended'] {
  const won = chance.next() < TRUTHS.won[grade];
  return { afterDays: opportunity + 10 + 60 * chance.next(), won, reason: won ? '' : chance.of(LOST) };
}

/** What nobody took further is closed, or rests. */
export function givenUp(chance: Chance, handed: PastLife['handed']): PastLife['ended'] {
  if (handed?.accepted !== true) return null;
  const afterDays = handed.afterDays + handed.answeredHours / 24 + 12 + 20 * chance.next();
  return { afterDays, won: false, reason: chance.of(GIVEN_UP) };
}

/** Who unsubscribes in the pool rests from then on. */
export function restsFrom(qualified: number | null, handed: PastLife['handed'], left: PastRun['left']): number | null {
  if (qualified === null) return left?.reason === 'unsubscribed' ? left.afterDays : lastStepAfter + RESTS_AFTER;
  if (handed === null || handed.accepted) return null;
  return handed.afterDays + handed.answeredHours / 24 + RESTS_AFTER;
}

/** By its score grade D is never handed over. */
export function isHighIntent(chance: Chance, accepted: boolean, grade: PastLife['grade']): boolean {
  const luck = chance.next();
  return grade === 'D' || luck < (accepted ? TRUTHS.highIntentOfAccepted : TRUTHS.highIntentOfOthers);
}

export function webinarOf(chance: Chance): PastLife['webinar'] {
  if (chance.next() > 0.25) return null;
  const attended = chance.next() < TRUTHS.attendance;
  const rating = attended && chance.next() < 0.3 ? 3 + Math.floor(3 * chance.next()) : null;
  return { afterDays: 1 + 30 * chance.next(), attended, rating };
}
