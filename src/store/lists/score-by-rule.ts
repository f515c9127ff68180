import type { Tx } from '../db.ts';

/** What a rule contributes to a lead's score at an instant. */
export interface RuleShare {
  rule: string;
  /** Points left after decay. The shares of all rules add up to the score. */
  points: number;
  /** Times the rule changed the score. */
  count: number;
  lastAt: Date;
}

/**
 * The ledger summed by rule, each change decayed from the instant it holds for to `at`. What a change was worth is
 * `after - before`: late events and the floor at zero are in it.
 */
export async function scoreByRule(tx: Tx, leadId: string, at: Date, halfLifeMs: number): Promise<RuleShare[]> {
  return tx.$queryRaw<RuleShare[]>`
    SELECT rule,
           sum((after - before) * power(0.5, greatest(0, extract(epoch FROM ${at}::timestamptz - occurred_at))::float8 * 1000 / ${halfLifeMs}::float8)) AS points,
           count(*)::int AS count,
           max(occurred_at) AS "lastAt"
    FROM score_ledger WHERE lead_id = ${leadId}
    GROUP BY rule ORDER BY points DESC, rule`;
}
