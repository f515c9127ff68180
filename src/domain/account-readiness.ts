/** Account readiness: several people of one company who show interest are one signal. */
import { countOf } from './count-of.ts';
import type { AccountRule } from './readiness.ts';
import { READINESS, type Readiness } from './readiness.ts';
import { shownScore } from './score-words.ts';
import type { Grade } from './stage.ts';

/** `qualifiedBy` of a lead that was handed over because the people of its account are ready together. */
export const BY_ACCOUNT = 'account';

/** The share of `score` that the account may fall to while the chosen person waits for a rep. */
const KEEPS_PLACE_FROM = 0.5;

/** Someone of an account who counts for it. */
export interface Interested {
  leadId: string;
  score: number;
  lastEngagedAtMs: number;
}

/** Someone of an account who can be handed over. */
export interface Candidate extends Interested {
  readiness: Readiness;
  grade: Grade;
  fitPoints: number;
}

export function isAccountReady(rule: AccountRule, people: readonly Interested[]): boolean {
  return people.length >= rule.people && together(people) >= rule.score;
}

/** Points fade while it waits for us, as with a single lead. */
export function accountKeepsPlace(rule: AccountRule, people: readonly Interested[]): boolean {
  return together(people) >= rule.score * KEEPS_PLACE_FROM;
}

/** Whether somebody did something after the account was with sales last. */
export function engagedSince(people: readonly Interested[], sinceMs: number | null): boolean {
  return sinceMs === null || people.some(({ lastEngagedAtMs }) => lastEngagedAtMs > sinceMs);
}

/**
 * Whom sales is to call: the readiest, then the best grade, then the most fit points (in which the role counts), then the highest score.
 */
export function bestOf<T extends Candidate>(candidates: readonly T[]): T | null {
  const [best] = candidates.toSorted(
    (a, b) =>
      READINESS.indexOf(a.readiness) - READINESS.indexOf(b.readiness) ||
      (a.grade < b.grade ? -1 : a.grade > b.grade ? 1 : 0) ||
      b.fitPoints - a.fitPoints ||
      b.score - a.score ||
      (a.leadId < b.leadId ? -1 : 1),
  );
  return best ?? null;
}

/** "3 people of its account have 62 points together, of 2 people and 40 points needed" */
export function explainAccount(rule: AccountRule, people: readonly Interested[]): string {
  const have = `${people.length} ${people.length === 1 ? 'person' : 'people'} of its account ${people.length === 1 ? 'has' : 'have'}`;
  return `${have} ${countOf(shownScore(together(people)), 'point')} together, of ${rule.people} people and ${countOf(rule.score, 'point')} needed`;
}

export function together(people: readonly Pick<Interested, 'score'>[]): number {
  return Math.round(people.reduce((sum, { score }) => sum + score, 0) * 100) / 100;
}
