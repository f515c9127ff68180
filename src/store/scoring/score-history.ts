import type { EngagementRule, ScoringModel } from '../../domain/scoring.ts';
import type { RuleHistory } from '../../domain/engagement.ts';
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
  const [sums, seen] = await Promise.all([pointsBefore(tx, questions), sendsSeen(tx, questions)]);
  const given: { leadId: string; rule: string; occurredAtMs: number; points: number }[] = [];
  return {
    of: (event) => ({
      pointsInPeriod: (rule, sinceMs) => {
        const within = given.filter(
          (entry) =>
            entry.leadId === event.leadId && entry.rule === rule && entry.occurredAtMs > sinceMs && entry.points > 0,
        );
        return within.reduce((sum, entry) => sum + entry.points, sums.get(key(event.id, rule)) ?? 0);
      },
      sendSeen: (rule) => event.sendId !== null && seen.has(key(event.sendId, rule)),
    }),
    gave: (event, rule, points) => {
      given.push({ leadId: event.leadId, rule, occurredAtMs: event.occurredAtMs, points });
      if (event.sendId !== null) seen.add(key(event.sendId, rule));
    },
  };
}

/** By event and capped rule: the points the rule gave for events that happened after the period before this one began. */
async function pointsBefore(tx: Tx, questions: readonly Question[]): Promise<Map<string, number>> {
  const asked = questions.flatMap(({ event, rule }) => {
    if (rule.cap === undefined) return [];
    const since = new Date(event.occurredAtMs - spanToMs(rule.cap.per)).toISOString();
    return [{ event: event.id, lead: event.leadId, rule: rule.rule, since }];
  });
  if (asked.length === 0) return new Map();
  // One look into the ledger's index a question, as a join would read all of a ledger that is young and grows fast. The ledger's
  // time is never before the event's, so the index bounds the search; the event's own time decides.
  const rows = await planned<{ event: string; rule: string; points: number | null }>(
    tx,
    Prisma.sql`
    SELECT q.event, q.rule, (
        SELECT sum(s.points) FROM score_ledger s JOIN events e ON e.id = s.event_id AND e.occurred_at > q.since
        WHERE s.lead_id = q.lead AND s.rule = q.rule AND s.occurred_at > q.since AND s.points > 0
      ) AS points
    FROM json_to_recordset(${JSON.stringify(asked)}::json) AS q(event text, lead text, rule text, since timestamptz)`,
  );
  return new Map(rows.map((row) => [key(row.event, row.rule), row.points ?? 0]));
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
    FROM events e JOIN score_ledger s ON s.lead_id = e.lead_id AND s.event_id = e.id
    WHERE e.send_id = ANY(${sendIds}) AND s.rule = ANY(${rules})`,
  );
  return new Set(rows.map((row) => key(row.sendId, row.rule)));
}

function key(id: string, rule: string): string {
  return `${id}\n${rule}`;
}
