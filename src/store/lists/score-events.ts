import type { Tx } from '../db.ts';

/** An event by which a rule changed the score. */
export interface ScoredEvent {
  rule: string;
  /** Type of the event. */
  event: string;
  at: Date;
  /** What the rule gave for it, before decay. */
  points: number;
}

/** The latest events behind each rule of a lead's score, the newest first; so many of each rule at most. */
export async function scoredEvents(tx: Tx, leadId: string, ofEach: number): Promise<ScoredEvent[]> {
  return tx.$queryRaw<ScoredEvent[]>`
    SELECT rule, event, at, points FROM (
      SELECT l.rule, e.type AS event, e.occurred_at AS at, l.points,
             row_number() OVER (PARTITION BY l.rule ORDER BY e.occurred_at DESC, l.id DESC) AS n
      FROM score_ledger l JOIN events e ON e.id = l.event_id
      WHERE l.lead_id = ${leadId} AND l.replaced_by IS NULL
    ) scored WHERE n <= ${ofEach} ORDER BY rule, n`;
}
