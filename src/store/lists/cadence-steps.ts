import type { Db } from '../db.ts';

/** What happened at a step of a cadence, over all its revisions. Reactions are those of people, each send counted once. */
export interface StepCounts {
  /** Leads that stand there now, those that are suspended included. */
  here: number;
  sent: number;
  skipped: number;
  clicked: number;
  replied: number;
  unsubscribed: number;
}

export const NO_COUNTS: StepCounts = { here: 0, sent: 0, skipped: 0, clicked: 0, replied: 0, unsubscribed: 0 };

/** The events that count as a reaction. */
const REACTIONS = ['email.clicked', 'reply.received', 'unsubscribed'];

/**
 * By step id, steps that are gone included; `entered`: how many enrollments there were in all. One statement over the enrollments of the
 * cadence, their sends and what people did with these.
 */
export async function countSteps(
  db: Db,
  cadence: string,
): Promise<{ entered: number; steps: Map<string, StepCounts> }> {
  const rows = await db.$queryRaw<(StepCounts & { stepId: string | null })[]>`
    WITH runs AS MATERIALIZED (SELECT id, step_id, ended_at FROM enrollments WHERE cadence = ${cadence}),
    mails AS MATERIALIZED (
      SELECT s.id, s.step_id, s.status FROM runs JOIN sends s ON s.enrollment_id = runs.id
      WHERE s.audience = 'lead' AND s.step_id IS NOT NULL AND s.status IN ('sent', 'skipped')),
    reactions AS (
      SELECT m.step_id, e.type, count(DISTINCT e.send_id)::int AS times
      FROM mails m JOIN events e ON e.send_id = m.id
      WHERE m.status = 'sent' AND NOT e.machine AND e.type = ANY(${REACTIONS})
      GROUP BY m.step_id, e.type),
    counted AS (
      SELECT step_id, 'here' AS what, count(*)::int AS times FROM runs WHERE ended_at IS NULL AND step_id IS NOT NULL GROUP BY step_id
      UNION ALL SELECT step_id, status::text, count(*)::int FROM mails GROUP BY step_id, status
      UNION ALL SELECT step_id, type, times FROM reactions
      UNION ALL SELECT NULL, 'here', count(*)::int FROM runs)
    SELECT step_id AS "stepId",
      coalesce(sum(times) FILTER (WHERE what = 'here'), 0)::int AS here,
      coalesce(sum(times) FILTER (WHERE what = 'sent'), 0)::int AS sent,
      coalesce(sum(times) FILTER (WHERE what = 'skipped'), 0)::int AS skipped,
      coalesce(sum(times) FILTER (WHERE what = 'email.clicked'), 0)::int AS clicked,
      coalesce(sum(times) FILTER (WHERE what = 'reply.received'), 0)::int AS replied,
      coalesce(sum(times) FILTER (WHERE what = 'unsubscribed'), 0)::int AS unsubscribed
    FROM counted GROUP BY step_id`;
  const steps = new Map<string, StepCounts>();
  for (const { stepId, ...counts } of rows) if (stepId !== null) steps.set(stepId, counts);
  return { entered: rows.find(({ stepId }) => stepId === null)?.here ?? 0, steps };
}
