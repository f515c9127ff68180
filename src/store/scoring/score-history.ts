import type { EngagementRule, ScoringModel } from '../../domain/scoring.ts';
import type { RuleHistory } from '../../domain/engagement.ts';
import type { Span } from '../../domain/cadence.ts';
import { spanToMs } from '../../domain/span.ts';
import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import type { NewEvent } from '../events/new-event.ts';
import { planned } from '../planned.ts';

/** The points that rules gave before, for each event of a batch. Points given within the batch are added on the way. */
export interface BatchHistory {
  /** As pointsFor asks it, for this event. */
  of(event: NewEvent): RuleHistory;
  /** Call this with all points that are given, so that the next events of the batch count them. */
  gave(event: NewEvent, rule: string, points: number): void;
}

interface Question {
  event: NewEvent;
  rule: EngagementRule;
}

/**
 * Asks the ledger what caps and `oncePerSend` depend on: two statements at most for a batch, none when no rule asks.
 * The leads must be locked, so that nobody else's points slip under a cap in between.
 */
export async function loadHistory(tx: Tx, model: ScoringModel, events: readonly NewEvent[]): Promise<BatchHistory> {
  const questions = events.flatMap((event) =>
    model.engagement.filter((rule) => rule.event === event.type).map((rule) => ({ event, rule })),
  );
  const [before, seen] = await Promise.all([givenBefore(tx, questions), sendsSeen(tx, questions)]);
  const given: { leadId: string; rule: string; occurredAtMs: number; points: number }[] = [];
  return {
    of: (event) => {
      const stored = (rule: string): GivenBefore => before.get(key(event.id, rule)) ?? NOTHING_GIVEN;
      const within = (rule: string, fromMs = -Infinity, toMs = Infinity) =>
        given.filter(
          (one) =>
            one.leadId === event.leadId && one.rule === rule && one.occurredAtMs > fromMs && one.occurredAtMs < toMs,
        );
      return {
        pointsBetween: (rule, fromMs, toMs) =>
          within(rule, fromMs, toMs).reduce((sum, { points }) => sum + Math.max(0, points), stored(rule).points ?? 0),
        gaveBetween: (rule, fromMs, toMs) => stored(rule).rests || within(rule, fromMs, toMs).length > 0,
        gave: (rule) => stored(rule).gave || within(rule).length > 0,
        sendSeen: (rule) => event.sendId !== null && seen.has(key(event.sendId, rule)),
      };
    },
    gave: (event, rule, points) => {
      given.push({ leadId: event.leadId, rule, occurredAtMs: event.occurredAtMs, points });
      if (event.sendId !== null) seen.add(key(event.sendId, rule));
    },
  };
}

/** What the ledger says of a rule around an event: what only some rules ask is asked for these only. */
interface GivenBefore {
  /** Points within the period of the cap. */
  points: number | null;
  /** Whether it rests after (or before) an event that counted. */
  rests: boolean;
  /** Whether it ever gave points. */
  gave: boolean;
}

const NOTHING_GIVEN: GivenBefore = { points: null, rests: false, gave: false };

/** By event and rule. */
async function givenBefore(tx: Tx, questions: readonly Question[]): Promise<Map<string, GivenBefore>> {
  const asked = questions.flatMap(({ event, rule: { rule, cap, coolDown, once } }) => {
    if (cap === undefined && coolDown === undefined && once !== true) return [];
    return [
      {
        event: event.id,
        lead: event.leadId,
        rule,
        once: once === true,
        ...(cap && periodAround('cap', event, cap.per)),
        ...(coolDown && periodAround('rest', event, coolDown)),
      },
    ];
  });
  if (asked.length === 0) return new Map();
  // One look into the ledger's index a question, as a join would read all of a ledger that is young and grows fast. The ledger's
  // time is never before the event's, so the index bounds the search; the event's own time decides. A look that is not wanted (its
  // period is null) is not made.
  const rows = await planned<GivenBefore & { event: string; rule: string }>(
    tx,
    Prisma.sql`
    SELECT q.event, q.rule, (
        SELECT sum(s.points) FROM score_ledger s
          JOIN events e ON e.id = s.event_id AND e.occurred_at > q.cap_from AND e.occurred_at < q.cap_to
        WHERE s.lead_id = q.lead AND s.rule = q.rule AND s.occurred_at > q.cap_from AND s.points > 0 AND s.replaced_by IS NULL
      ) AS points,
      q.rest_from IS NOT NULL AND EXISTS (
        SELECT FROM score_ledger s
          JOIN events e ON e.id = s.event_id AND e.occurred_at > q.rest_from AND e.occurred_at < q.rest_to
        WHERE s.lead_id = q.lead AND s.rule = q.rule AND s.occurred_at > q.rest_from AND s.replaced_by IS NULL
      ) AS rests,
      q.once AND EXISTS (SELECT FROM score_ledger s WHERE s.lead_id = q.lead AND s.rule = q.rule AND s.replaced_by IS NULL) AS gave
    FROM json_to_recordset(${JSON.stringify(asked)}::json) AS q(
      event text, lead text, rule text, once boolean, cap_from timestamptz, cap_to timestamptz,
      rest_from timestamptz, rest_to timestamptz)`,
  );
  return new Map(rows.map((row) => [key(row.event, row.rule), row]));
}

function periodAround(what: 'cap' | 'rest', { occurredAtMs }: NewEvent, per: Span): Readonly<Record<string, string>> {
  const ms = spanToMs(per);
  return {
    [`${what}_from`]: new Date(occurredAtMs - ms).toISOString(),
    [`${what}_to`]: new Date(occurredAtMs + ms).toISOString(),
  };
}

/** Sends for which a rule that counts once per send has given points. */
async function sendsSeen(tx: Tx, questions: readonly Question[]): Promise<Set<string>> {
  const asked = questions.filter(({ event, rule }) => rule.oncePerSend === true && event.sendId !== null);
  if (asked.length === 0) return new Set();
  const sendIds = [...new Set(asked.flatMap(({ event }) => event.sendId ?? []))];
  const rules = [...new Set(asked.map(({ rule }) => rule.rule))];
  const rows = await planned<{ sendId: string; rule: string }>(
    tx,
    Prisma.sql`
    SELECT DISTINCT e.send_id AS "sendId", s.rule
    FROM events e JOIN score_ledger s ON s.lead_id = e.lead_id AND s.event_id = e.id AND s.replaced_by IS NULL
    WHERE e.send_id = ANY(${sendIds}) AND s.rule = ANY(${rules})`,
  );
  return new Set(rows.map((row) => key(row.sendId, row.rule)));
}

function key(id: string, rule: string): string {
  return `${id}\n${rule}`;
}
