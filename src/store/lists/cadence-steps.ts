import type { Scope } from '../../domain/policy.ts';
import { leadInScope } from '../access/scope.ts';
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { type ByVerdict, NONE_BY_VERDICT, VERDICT_KEY_SQL, verdictPlace } from './by-verdict.ts';
import { STANDS_AT } from './stands-at.ts';

/** What happened at a step of a cadence, over all its revisions. Reactions are those of people, each send counted once. */
export interface StepCounts {
  /** Leads that stand there now, those that are suspended included. Who waits in a step stands at that wait. */
  here: number;
  sent: number;
  /** Messages that were sent and whose clicks are not recorded. */
  untracked: number;
  skipped: number;
  clicked: number;
  replied: number;
  unsubscribed: number;
  /** Messages that were opened, and clicked in, by whose it was. */
  opens: ByVerdict;
  clicks: ByVerdict;
}

export const NO_COUNTS: StepCounts = {
  here: 0,
  sent: 0,
  untracked: 0,
  skipped: 0,
  clicked: 0,
  replied: 0,
  unsubscribed: 0,
  opens: NONE_BY_VERDICT,
  clicks: NONE_BY_VERDICT,
};

/** The events that count as a reaction, and what they are called. */
const REACTIONS: Readonly<Record<string, 'clicked' | 'replied' | 'unsubscribed'>> = {
  'email.clicked': 'clicked',
  'reply.received': 'replied',
  unsubscribed: 'unsubscribed',
};

/**
 * Of leads in scope, by step id, steps that are gone included; `entered`: how many enrollments there were in all. One statement over the enrollments of the
 * cadence, their sends and what people did with these.
 */
export async function countSteps(
  db: Db,
  cadence: string,
  scope: Scope = { kind: 'all' },
): Promise<{ entered: number; steps: Map<string, StepCounts> }> {
  const rows = await planned<{ stepId: string | null; what: string; times: number }>(
    db,
    Prisma.sql`
    WITH runs AS MATERIALIZED (
      SELECT run.id, run.lead_id, run.step_id, run.ended_at, run.waiting_from, run.waiting_since, run.reached_at, run.due_at, run.due_because,
        run.attempts FROM enrollments run
      WHERE run.revision_id IN (SELECT cr.id FROM cadence_revisions cr WHERE cr.cadence = ${cadence}) AND ${leadInScope(scope, 'run.lead_id')}),
    mails AS MATERIALIZED (
      SELECT s.id, s.step_id, s.status, s.untracked FROM runs JOIN sends s ON s.enrollment_id = runs.id
      WHERE s.audience = 'lead' AND s.step_id IS NOT NULL AND s.status IN ('sent', 'skipped')),
    happened AS MATERIALIZED (
      SELECT m.step_id, e.send_id, e.type, e.machine, ${VERDICT_KEY_SQL} AS by
      FROM mails m JOIN events e ON e.send_id = m.id
      WHERE m.status = 'sent' AND (e.type = ANY(${Object.keys(REACTIONS)}) OR e.type = 'email.opened'))
    SELECT ${STANDS_AT} AS "stepId", 'here' AS what, count(*)::int AS times FROM runs run JOIN leads standing ON standing.id = run.lead_id
      WHERE run.ended_at IS NULL AND run.step_id IS NOT NULL GROUP BY 1
    UNION ALL SELECT step_id, status::text, count(*)::int FROM mails GROUP BY step_id, status
    UNION ALL SELECT step_id, 'untracked', count(*)::int FROM mails WHERE status = 'sent' AND untracked = 'all' GROUP BY step_id
    UNION ALL SELECT step_id, type, count(DISTINCT send_id)::int FROM happened
      WHERE NOT machine AND type <> 'email.opened' GROUP BY step_id, type
    UNION ALL SELECT step_id, by, count(DISTINCT send_id)::int FROM happened
      WHERE type LIKE 'email.%' GROUP BY step_id, by
    UNION ALL SELECT NULL, 'entered', count(*)::int FROM runs`,
  );
  const steps = new Map<string, StepCounts>();
  for (const { stepId, what, times } of rows)
    if (stepId !== null) steps.set(stepId, withCount(steps.get(stepId) ?? NO_COUNTS, what, times));
  return { entered: rows.find(({ what }) => what === 'entered')?.times ?? 0, steps };
}

function withCount(counts: StepCounts, what: string, times: number): StepCounts {
  const place = verdictPlace(what);
  if (place === null) return { ...counts, [REACTIONS[what] ?? what]: times };
  return { ...counts, [place.of]: { ...counts[place.of], [place.verdict]: times } };
}
