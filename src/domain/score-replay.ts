import { isHighIntent, pointsFor, type EventFacts, type RuleHistory } from './engagement.ts';
import type { LeadFacts } from './condition.ts';
import { type Given, scaled, type ScoreRow, withPoints } from './score.ts';
import type { ScoringModel } from './scoring.ts';

/** A human event of a lead, as far as scoring asks about it. */
export interface PastEvent {
  id: string;
  type: string;
  properties: Readonly<Record<string, unknown>>;
  sendId: string | null;
  occurredAtMs: number;
}

/** A change of the score without an event: what a recycle took, or points that a person gave. */
export interface Adjustment {
  rule: string;
  group: string | null;
  points: number;
  atMs: number;
}

export interface ScorePast {
  events: readonly PastEvent[];
  adjustments: readonly Adjustment[];
}

/** An entry of the ledger that the replay would have written. */
export interface ReplayedEntry {
  eventId: string | null;
  rule: string;
  points: number;
  group: string | null;
  line: string | null;
  before: number;
  after: number;
  atMs: number;
}

export interface Replayed {
  row: ScoreRow;
  entries: ReplayedEntry[];
  /** The last event that gave points or showed high intent; null: none did. */
  lastEngagedAtMs: number | null;
}

/** What a replay reads of the rules. Made once for many leads. */
export interface ReplayRules {
  model: ScoringModel;
  /** The rules of each type of event. */
  byType: ReadonlyMap<string, ScoringModel>;
  productLines: readonly string[];
}

export function replayRules(model: ScoringModel, productLines: readonly string[]): ReplayRules {
  const types = [...new Set([...model.engagement, ...model.highIntent].map(({ event }) => event))];
  const byType = new Map(
    types.map((type) => {
      const ofType = ({ event }: { event: string }): boolean => event === type;
      const engagement = model.engagement.filter(ofType);
      return [type, { ...model, engagement, highIntent: model.highIntent.filter(ofType) }];
    }),
  );
  return { model, byType, productLines };
}

/**
 * The score that a lead would have if the rules had always been these: every event counts at its own time, in the order of these times.
 * Conditions on the lead ask about `facts`, which is the lead of today. What a recycle took is taken again, as a share of what is there then.
 */
export function replayScore(rules: ReplayRules, past: ScorePast, facts: LeadFacts): Replayed {
  const events = past.events.toSorted((a, b) => a.occurredAtMs - b.occurredAtMs);
  const adjustments = past.adjustments.toSorted((a, b) => a.atMs - b.atMs);
  const firstMs = Math.min(events[0]?.occurredAtMs ?? Infinity, adjustments[0]?.atMs ?? Infinity);
  const scoreAt = new Date(Number.isFinite(firstMs) ? firstMs : 0);
  const replayed: Replayed = { row: { score: 0, scoreAt, scoreParts: null }, entries: [], lastEngagedAtMs: null };
  const history = new PastPoints();
  const at: LeadFacts = { ...facts };
  let next = 0;
  for (const event of events) {
    next = adjustUntil(rules.model, replayed, adjustments, next, event.occurredAtMs);
    take(rules, replayed, history, event, at);
  }
  adjustUntil(rules.model, replayed, adjustments, next, Infinity);
  return replayed;
}

function take(
  { byType, productLines, model }: ReplayRules,
  replayed: Replayed,
  history: PastPoints,
  { id, type, properties, sendId, occurredAtMs }: PastEvent,
  at: LeadFacts,
): void {
  const ofType = byType.get(type);
  if (ofType === undefined) return;
  at.event = { ...properties, type };
  const facts = at as EventFacts;
  for (const given of pointsFor(ofType, facts, history.around(sendId), occurredAtMs, productLines)) {
    history.gave(given.rule, given.points, occurredAtMs, sendId);
    add(replayed, given, { eventId: id, occurredAtMs, model });
    if (given.points > 0) replayed.lastEngagedAtMs = occurredAtMs;
  }
  if (isHighIntent(ofType, facts)) replayed.lastEngagedAtMs = occurredAtMs;
}

function add(
  replayed: Replayed,
  given: Given & { rule: string },
  { eventId, occurredAtMs, model }: { eventId: string | null; occurredAtMs: number; model: ScoringModel },
): void {
  const { rule, points, group = null, line = null } = given;
  const { lead, ...change } = withPoints(replayed.row, given, occurredAtMs, model);
  replayed.entries.push({ eventId, rule, points, group, line, ...change });
  replayed.row = lead;
}

const RECYCLE = /^recycle: (halve|reset)$/;

/** Makes the changes that were made before `untilMs`. Returns the number of the first one after it. */
function adjustUntil(
  model: ScoringModel,
  replayed: Replayed,
  adjustments: readonly Adjustment[],
  from: number,
  untilMs: number,
): number {
  let next = from;
  for (;;) {
    const one = adjustments[next];
    if (one === undefined || one.atMs > untilMs) return next;
    const recycle = RECYCLE.exec(one.rule)?.[1];
    if (recycle === undefined) {
      const { rule, points, group } = one;
      add(
        replayed,
        { rule, points, ...(group !== null && { group }) },
        { eventId: null, occurredAtMs: one.atMs, model },
      );
      next += 1;
      continue;
    }
    // A recycle wrote an entry for each part of the score.
    while (adjustments[next]?.rule === one.rule && adjustments[next]?.atMs === one.atMs) next += 1;
    const { lead, atMs, taken } = scaled(replayed.row, recycle === 'halve' ? 0.5 : 0, one.atMs, model);
    replayed.row = lead;
    for (const part of taken) replayed.entries.push({ ...part, eventId: null, rule: one.rule, line: null, atMs });
  }
}

/** The points that rules gave so far. All of them are at most as late as the event at hand. */
class PastPoints {
  private readonly given = new Map<string, { points: number; atMs: number }[]>();
  private readonly sends = new Set<string>();

  gave(rule: string, points: number, atMs: number, sendId: string | null): void {
    const before = this.given.get(rule);
    if (before === undefined) this.given.set(rule, [{ points, atMs }]);
    else before.push({ points, atMs });
    if (sendId !== null) this.sends.add(`${sendId}\n${rule}`);
  }

  around(sendId: string | null): RuleHistory {
    return {
      pointsBetween: (rule, fromMs) => {
        const of = this.given.get(rule) ?? [];
        let sum = 0;
        for (let n = of.length - 1; n >= 0; n -= 1) {
          const one = of[n];
          if (one === undefined || one.atMs <= fromMs) break;
          sum += Math.max(0, one.points);
        }
        return sum;
      },
      gaveBetween: (rule, fromMs) => (this.given.get(rule)?.at(-1)?.atMs ?? -Infinity) > fromMs,
      gave: (rule) => this.given.has(rule),
      sendSeen: (rule) => sendId !== null && this.sends.has(`${sendId}\n${rule}`),
    };
  }
}
