import type { Span } from './cadence.ts';
import { decay } from './decay.ts';
import { holds, type LeadFacts } from './condition.ts';
import type { EngagementRule, ScoringModel } from './scoring.ts';
import { spanToMs } from './span.ts';

/** Facts with an event at hand. */
export type EventFacts = LeadFacts & { event: NonNullable<LeadFacts['event']> };

/** What a rule gave before. The caller asks the ledger; `matchingRules` says for which rules. */
export interface RuleHistory {
  /** Sum of the positive points the rule gave for events after `sinceMs` (without an upper end, so that a late event cannot break a cap). */
  pointsInPeriod(rule: string, sinceMs: number): number;
  /** Has the rule given points for this event's send already? */
  sendSeen(rule: string): boolean;
}

/** Points one rule gives for one event. */
export interface RulePoints {
  rule: string;
  points: number;
}

/** Engagement rules the event matches, before caps and `oncePerSend`. */
export function matchingRules(model: ScoringModel, facts: EventFacts): EngagementRule[] {
  return model.engagement.filter(
    (rule) => rule.event === facts.event.type && (rule.when === undefined || holds(rule.when, facts)),
  );
}

/**
 * Points of a human event, by rule, after caps and `oncePerSend`; rules that give nothing are left out. Machine events are
 * never scored: the caller does not ask. `occurredAtMs` is the event's own time.
 */
export function pointsFor(
  model: ScoringModel,
  facts: EventFacts,
  history: RuleHistory,
  occurredAtMs: number,
): RulePoints[] {
  return matchingRules(model, facts).flatMap((rule) => {
    if (rule.oncePerSend && history.sendSeen(rule.rule)) return [];
    const points = rule.cap
      ? Math.min(rule.points, roomUnder(rule.cap, rule.rule, history, occurredAtMs))
      : rule.points;
    return points === 0 ? [] : [{ rule: rule.rule, points }];
  });
}

function roomUnder(
  cap: { points: number; per: Span },
  rule: string,
  history: RuleHistory,
  occurredAtMs: number,
): number {
  return Math.max(0, cap.points - history.pointsInPeriod(rule, occurredAtMs - spanToMs(cap.per)));
}

/** A score and the instant (epoch milliseconds) it holds for. */
export interface ScoreState {
  score: number;
  scoreAt: number;
}

/**
 * Adds points of an event to a score. `before` and `after` hold for the returned `scoreAt`: the event's time, or, for a
 * late event, the old `scoreAt`, where it is worth its decayed points. Never below 0. As long as no points are negative, the
 * order in which events arrive makes no difference.
 */
export function applyPoints(
  state: ScoreState,
  points: number,
  occurredAtMs: number,
  halfLifeMs: number,
): { before: number; after: number; scoreAt: number } {
  const scoreAt = Math.max(state.scoreAt, occurredAtMs);
  const before = decay(state.score, state.scoreAt, scoreAt, halfLifeMs);
  const worth = decay(points, occurredAtMs, scoreAt, halfLifeMs);
  return { before, after: Math.max(0, before + worth), scoreAt };
}

/** Does this event qualify at once, whatever the score? */
export function isHighIntent(model: ScoringModel, facts: EventFacts): boolean {
  return model.highIntent.some(
    (intent) => intent.event === facts.event.type && (intent.when === undefined || holds(intent.when, facts)),
  );
}

export { gradeOf, isReady, explainReadiness } from './scoring.ts';
export { qualification, type Qualification, type QualificationState } from './qualification.ts';
