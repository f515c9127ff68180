import { holds, type Condition, type LeadFacts } from './condition.ts';
import type { Span } from './cadence.ts';
import { shownScore } from './score-words.ts';
import type { Fading } from './score.ts';
import type { Grade } from './stage.ts';

/** playbook/scoring.yaml, validated. */
export interface ScoringModel extends Fading {
  engagement: readonly EngagementRule[];
  fit: readonly FitRule[];
  /** Fit points from which a grade is given; below C is D. A lead of which nothing is known has 0 points. */
  grades: { A: number; B: number; C: number };
  /** Engagement score (points) from which a lead of that grade is ready; null: never by score. */
  ready: Record<Grade, number | null>;
  /** Event types (with conditions) that qualify at once, whatever the score, and override a cool-off. */
  highIntent: readonly { event: string; when?: Condition }[];
}

/** Event type and conditions to points. */
export interface EngagementRule {
  rule: string;
  event: string;
  when?: Condition;
  /** May be negative. */
  points: number | PointsFrom;
  /** At most this many points of this rule within any such period. */
  cap?: { points: number; per: Span };
  /** Counts once for a lead: the first event that comes in. */
  once?: boolean;
  /** After an event that counts, the rule rests for so long. */
  coolDown?: Span;
  /** Group of the rule. Without one its points fade by the model's own half-life. */
  group?: string;
  /** Product line that its events speak of, or the property that names it. */
  productLine?: string | { from: string };
  /** Counts once per send: the first open of an email, the first click in it. */
  oncePerSend?: boolean;
}

/** Points from a number in the event, times a factor. An event without that number gives none. */
export interface PointsFrom {
  /** Name of the property. */
  from: string;
  factor: number;
  min?: number;
  max?: number;
}

/** Attributes of who the lead is to fit points. Unknown values are neutral. */
export interface FitRule {
  rule: string;
  when: Condition;
  points: number;
}

/** Fit grade, with the rules that made it. A rule that asks about something unknown gives nothing. */
export function gradeOf(
  model: ScoringModel,
  facts: LeadFacts,
): { grade: Grade; points: number; rules: { rule: string; points: number }[] } {
  const rules = model.fit.filter((rule) => holds(rule.when, facts)).map(({ rule, points }) => ({ rule, points }));
  const points = rules.reduce((sum, rule) => sum + rule.points, 0);
  const { A, B, C } = model.grades;
  return { grade: points >= A ? 'A' : points >= B ? 'B' : points >= C ? 'C' : 'D', points, rules };
}

/** Does the score reach what the grade needs? */
export function isReady(model: ScoringModel, grade: Grade, score: number): boolean {
  const needed = model.ready[grade];
  return needed !== null && score >= needed;
}

/** The same in words: "score 32 of 45 needed for grade B". */
export function explainReadiness(model: ScoringModel, grade: Grade, score: number): string {
  const needed = model.ready[grade];
  return needed === null
    ? `grade ${grade} is never ready by its score`
    : `score ${shownScore(score)} of ${needed} needed for grade ${grade}`;
}
