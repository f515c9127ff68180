import { type Fading, halfLifeOf } from '../../domain/score.ts';
import type { Tx } from '../db.ts';

/** What a rule contributes to a lead's score at an instant. */
export interface RuleShare {
  rule: string;
  /** Group of the rule when it gave the points. */
  group: string | null;
  /** Points left after decay, before limits. */
  points: number;
  /** Times the rule changed the score. */
  count: number;
  lastAt: Date;
}

/**
 * The ledger summed by rule. Of a rule without a group each change is worth `after - before`, decayed from the instant it holds for:
 * late events and the floor at zero are in it. In a group points count in full and fade from the event's own time. So the shares of the rules
 * without a group add up to their part of the score, and those of a group to the group before its limit.
 */
export async function scoreByRule(tx: Tx, leadId: string, at: Date, fading: Fading): Promise<RuleShare[]> {
  const groups = (fading.groups ?? []).map(({ group }) => group);
  const halfLives = groups.map((group) => halfLifeOf(group, fading));
  return tx.$queryRaw<RuleShare[]>`
    SELECT s.rule, s.score_group AS "group",
           sum(CASE WHEN s.score_group IS NULL THEN s.after - s.before ELSE s.points END
             * power(0.5, least(200, greatest(0, extract(epoch FROM ${at}::timestamptz - s.since)::float8 * 1000 / coalesce(g.ms, ${fading.halfLifeMs}::float8))))) AS points,
           count(*)::int AS count,
           max(s.occurred_at) AS "lastAt"
    FROM (
      SELECT l.rule, l.score_group, l.points, l.before, l.after, l.occurred_at,
        CASE WHEN l.score_group IS NULL THEN l.occurred_at ELSE coalesce(e.occurred_at, l.occurred_at) END AS since
      FROM score_ledger l LEFT JOIN events e ON l.score_group IS NOT NULL AND e.id = l.event_id
      WHERE l.lead_id = ${leadId} AND l.replaced_by IS NULL
    ) s
    LEFT JOIN unnest(${groups}::text[], ${halfLives}::float8[]) AS g(name, ms) ON g.name = s.score_group
    GROUP BY s.rule, s.score_group ORDER BY points DESC, s.rule`;
}
