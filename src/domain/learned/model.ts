/** A learned readiness: how likely it is, by the installation's own outcomes, that a hand-off of a lead succeeds. */
import type { Grade } from '../stage.ts';
import { sigmoid } from './logistic.ts';

/** What counts as success: the need was won, or became an opportunity at least. */
export const GOALS = ['won', 'opportunity'] as const;
export type Goal = (typeof GOALS)[number];

/** playbook/learned.yaml, validated. `nurture scoring learn --write` writes it. */
export interface LearnedModel {
  goal: Goal;
  /** Date of the last outcome that it was learned from: "2026-11-27". */
  until: string;
  outcomes: number;
  successes: number;
  intercept: number;
  weights: readonly { feature: string; weight: number }[];
}

/** What of a lead is looked at. All of it stands in the lead's row and was known at the time of a hand-off. */
export interface LearnedFacts {
  /** Engagement score. */
  score: number;
  grade: Grade;
  source: string | null;
  freeMail: boolean;
}

const SOURCE = 'source:';
const GRADE = 'grade:';

/**
 * `score` (the logarithm of 1 and the engagement score: the first points say more than later ones), `grade:A`, `grade:B`, `grade:D`
 * (compared with C), `freeMail`, `source:NAME`. An unknown feature is 0.
 */
export function featureValue(feature: string, { score, grade, source, freeMail }: LearnedFacts): number {
  if (feature === 'score') return Math.log(1 + Math.max(0, score));
  if (feature === 'freeMail') return freeMail ? 1 : 0;
  if (feature.startsWith(GRADE)) return feature.slice(GRADE.length) === grade ? 1 : 0;
  return feature.startsWith(SOURCE) && feature.slice(SOURCE.length) === source ? 1 : 0;
}

/** Percent, with one decimal. */
export function learnedPercent({ intercept, weights }: LearnedModel, facts: LearnedFacts): number {
  const z = weights.reduce((sum, { feature, weight }) => sum + weight * featureValue(feature, facts), intercept);
  return Math.floor(sigmoid(z) * 1_000 + 0.5) / 10;
}

/** What a weight is about, and by how much it multiplies the odds of success: "grade A instead of C", 2.3. */
export function oddsOf({ feature, weight }: LearnedModel['weights'][number]): { what: string; times: number } {
  const rounded = (odds: number): number => (odds >= 10 ? Math.round(odds) : Math.round(odds * 100) / 100);
  const times = rounded(Math.exp(weight));
  if (feature === 'score') return { what: 'a doubled engagement score', times: rounded(2 ** weight) };
  if (feature === 'freeMail') return { what: 'an address of a free mail provider', times };
  if (feature.startsWith(GRADE)) return { what: `grade ${feature.slice(GRADE.length)} instead of C`, times };
  return { what: `source ${feature.slice(SOURCE.length)} instead of the rare ones`, times };
}

/** "grade A instead of C: 2.3 times the odds" */
export function weightInWords(one: LearnedModel['weights'][number]): string {
  const { what, times } = oddsOf(one);
  return `${what}: ${times} times the odds`;
}
