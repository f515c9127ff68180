import type { Condition, Matcher } from './condition.ts';
import type { Span } from './cadence.ts';
import type { Rating } from './readiness.ts';
import type { Grade } from './stage.ts';

/** playbook/scoring.yaml, validated. */
export interface ScoringModel extends Rating {
  engagement: readonly EngagementRule[];
  fit: readonly FitRule[];
  /** What the ideal customer is like. */
  idealCustomer?: readonly FitCriterion[];
  /** Fit points from which a grade is given; below C is D. A lead of which nothing is known has 0 points. */
  grades: { A: number; B: number; C: number };
  /** Engagement score (points) from which a lead of that grade is ready; null: never by score. With `readiness` it follows from that. */
  ready: Record<Grade, number | null>;
  /** Event types (with conditions) that qualify at once, whatever the score, and override a cool-off. */
  highIntent: readonly { event: string; when?: Condition }[];
  /** How long what a person assessed outranks the rules; without it 90 days. */
  assessments?: { validFor: Span };
  /** The most valuable first; the first that holds is the lead's. */
  valueTiers?: readonly ValueTier[];
}

/** Leads of like value: expected money, retention, repeat business. */
export interface ValueTier {
  tier: string;
  /** Without it: every lead. */
  when?: Condition;
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

/** One trait of the ideal customer. It gives `weight` points where it fits, and `misfit` points where it does not. */
export interface FitCriterion {
  criterion: string;
  /** A field of the lead, or `attributes.<name>`. */
  field: string;
  ideal: Matcher;
  /** Values that fit half: they give half the weight. */
  near?: Matcher;
  /**
   * How far beside the ideal a number may be. Its points fall evenly, from `weight` at the edge of the ideal to `misfit` so far away. A
   * share is one of the edge.
   */
  tolerance?: number | { share: number };
  weight: number;
  misfit: number;
}
