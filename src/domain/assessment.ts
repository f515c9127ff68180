/** What a person of sales found out about a lead. It outranks rules and forms until it is too old. */
import { spanToMs } from './span.ts';
import type { ScoringModel } from './scoring.ts';
import { GRADES, type Grade } from './stage.ts';

/** Facts of the need that a person may assess. */
export const ASSESSED_FACTS = ['maturity', 'budget', 'authority', 'needKnown', 'timing'] as const;
export type AssessedFact = (typeof ASSESSED_FACTS)[number];

/** The grade that a person gave, as in `Lead.assessed`. */
export interface AssessedGrade {
  grade: Grade;
  /** Until then it outranks the rules; on the lead's clock, epoch milliseconds. */
  untilMs: number;
  /** Handle of the actor. */
  by: string;
}

/** Until when each fact that a person assessed outranks what requests state, as in `Need.assessed`. */
export type AssessedFacts = Partial<Record<AssessedFact, number>>;

/** Points that a person may add or take at once. */
export const MOST_POINTS = 100;

const VALID_MS = 90 * 86_400_000;
/** Rule of the ledger under which a person gives points. */
export const BY_HAND = 'assessment';

export function assessmentEndsMs({ assessments }: Pick<ScoringModel, 'assessments'>, atMs: number): number {
  return atMs + (assessments === undefined ? VALID_MS : spanToMs(assessments.validFor));
}

/** The grade that a person gave and that still counts. */
export function assessedGrade({ assessed }: { assessed: unknown }, atMs: number): AssessedGrade | null {
  const given = assessed as AssessedGrade | null;
  return given !== null && GRADES.includes(given.grade) && given.untilMs > atMs ? given : null;
}

/** Facts of the need that requests do not overwrite now. */
export function factsAssessed({ assessed }: { assessed: unknown }, atMs: number): AssessedFact[] {
  const until = (assessed ?? {}) as AssessedFacts;
  return ASSESSED_FACTS.filter((fact) => (until[fact] ?? 0) > atMs);
}
