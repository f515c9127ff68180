import type { Span } from './cadence.ts';
import { holds, type LeadFacts } from './condition.ts';
import type { Given } from './score.ts';
import type { EngagementRule, ScoringModel } from './scoring.ts';
import { spanToMs } from './span.ts';

/** Facts with an event at hand. */
export type EventFacts = LeadFacts & { event: NonNullable<LeadFacts['event']> };

/**
 * What a rule gave before, whichever way round the events came in. The caller asks the ledger; `matchingRules` says for which rules.
 * Instants are epoch milliseconds, and neither end of a period belongs to it.
 */
export interface RuleHistory {
  /** Sum of the positive points the rule gave for events between these instants. */
  pointsBetween(rule: string, fromMs: number, toMs: number): number;
  /** Did the rule give points for an event between these instants? */
  gaveBetween(rule: string, fromMs: number, toMs: number): boolean;
  /** Did the rule ever give points? */
  gave(rule: string): boolean;
  /** Has the rule given points for this event's send already? */
  sendSeen(rule: string): boolean;
}

/** Points one rule gives for one event. */
export interface RulePoints extends Given {
  rule: string;
}

/** Engagement rules the event matches, before caps and `oncePerSend`. */
export function matchingRules(model: ScoringModel, facts: EventFacts): EngagementRule[] {
  return model.engagement.filter(
    (rule) => rule.event === facts.event.type && (rule.when === undefined || holds(rule.when, facts)),
  );
}

/**
 * Points of a human event, by rule; rules that give nothing are left out. Machine events are never scored: the caller does not ask.
 * `occurredAtMs` is the event's own time; `productLines` are those of settings.yaml. What a rule has given is not taken back: of two events that exclude each other, the one
 * that comes in first counts, whichever happened first.
 */
export function pointsFor(
  model: ScoringModel,
  facts: EventFacts,
  history: RuleHistory,
  occurredAtMs: number,
  productLines: readonly string[] = [],
): RulePoints[] {
  return matchingRules(model, facts).flatMap((rule) => {
    if (isSpent(rule, history, occurredAtMs)) return [];
    const full = fullPoints(rule, facts);
    const points = rule.cap && full > 0 ? Math.min(full, roomUnder(rule.cap, rule.rule, history, occurredAtMs)) : full;
    if (points === 0) return [];
    const line = lineOf(rule, facts, productLines);
    const { group } = rule;
    return [{ rule: rule.rule, points, ...(group !== undefined && { group }), ...(line !== undefined && { line }) }];
  });
}

function isSpent({ rule, once, oncePerSend, coolDown }: EngagementRule, history: RuleHistory, atMs: number): boolean {
  if (oncePerSend && history.sendSeen(rule)) return true;
  if (once && history.gave(rule)) return true;
  // A late event rests before those that came in first, just as a punctual one rests after them.
  return coolDown !== undefined && history.gaveBetween(rule, atMs - spanToMs(coolDown), atMs + spanToMs(coolDown));
}

/** What the rule gives before its cap. A property that is missing, or is no number, gives nothing. */
function fullPoints({ points }: EngagementRule, { event }: EventFacts): number {
  if (typeof points === 'number') return points;
  const value = Object.hasOwn(event, points.from) ? event[points.from] : undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return 0;
  return Math.max(points.min ?? -Infinity, Math.min(points.max ?? Infinity, value * points.factor));
}

/** Only product lines of settings.yaml have a score: what anybody may state would make a score without end. */
function lineOf({ productLine }: EngagementRule, { event }: EventFacts, known: readonly string[]): string | undefined {
  if (productLine === undefined || typeof productLine === 'string') return productLine;
  const stated = Object.hasOwn(event, productLine.from) ? event[productLine.from] : undefined;
  if (typeof stated !== 'string') return undefined;
  return known.find((line) => line.toLowerCase() === stated.trim().toLowerCase());
}

/**
 * What is left under a cap. The points of a period before the event and of the same period after it count, so that no period that has
 * the event in it gets more than the cap, in whatever order events come in. Without late events there is nothing after it.
 */
function roomUnder(
  cap: { points: number; per: Span },
  rule: string,
  history: RuleHistory,
  occurredAtMs: number,
): number {
  const periodMs = spanToMs(cap.per);
  return Math.max(0, cap.points - history.pointsBetween(rule, occurredAtMs - periodMs, occurredAtMs + periodMs));
}

/** Does this event qualify at once, whatever the score? */
export function isHighIntent(model: ScoringModel, facts: EventFacts): boolean {
  return model.highIntent.some(
    (intent) => intent.event === facts.event.type && (intent.when === undefined || holds(intent.when, facts)),
  );
}

export { gradeOf } from './fit.ts';
export { isReady, explainReadiness } from './readiness.ts';
export { qualification, type Qualification, type QualificationState } from './qualification.ts';
