import type { Scope } from '../../domain/policy.ts';
import { leadInScope } from '../access/scope.ts';
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** More are not read: the shares of the newest tell how a cadence does. */
export const MOST_RUNS = 20_000;

/** How many enrollments went from one step straight to another. `to` is null where the last known step is `from`, and the enrollment has ended. */
export interface WayTaken {
  from: string;
  to: string | null;
  times: number;
}

/** Recorded ways that lead along a way of the picture, and the kinds of steps whose message tells of them. */
export interface RecordedWays {
  ways: readonly { from: string; to: string }[];
  told: readonly string[];
}

/**
 * The newest enrollments of a cadence over all its revisions (`runs`) and their steps in the order of time (`steps`, each with the `next`). A
 * step is known by its message, the arm of its split or its entry in the timeline; the last one of a running enrollment by where it stands.
 */
function withSteps(scope: Scope, cadence: string, told: readonly string[]): Prisma.Sql {
  return Prisma.sql`
    WITH runs AS MATERIALIZED (
      SELECT e.id, e.lead_id, e.step_id, e.started_at, e.ended_at FROM enrollments e
      WHERE e.revision_id IN (SELECT cr.id FROM cadence_revisions cr WHERE cr.cadence = ${cadence}) AND ${leadInScope(scope, 'e.lead_id')}
      ORDER BY e.started_at DESC LIMIT ${MOST_RUNS}),
    seen AS (
      SELECT runs.id, s.step_id, s.occurred_at AS at FROM runs JOIN sends s ON s.enrollment_id = runs.id WHERE s.step_id IS NOT NULL
      UNION ALL SELECT runs.id, arm.step_id, arm.occurred_at FROM runs JOIN split_arms arm ON arm.enrollment_id = runs.id
      UNION ALL SELECT runs.id, done.data->>'stepId', done.occurred_at FROM runs
        JOIN audit done ON done.lead_id = runs.lead_id AND done.occurred_at >= runs.started_at AND done.action = 'step.performed'
        WHERE done.data->>'enrollmentId' = runs.id AND NOT done.data->>'kind' = ANY(${[...told, 'split']})
      UNION ALL SELECT runs.id, runs.step_id, 'infinity' FROM runs WHERE runs.ended_at IS NULL AND runs.step_id IS NOT NULL),
    steps AS (SELECT id, step_id, at, lead(step_id) OVER (PARTITION BY id ORDER BY at) AS next FROM seen)`;
}

/** Whether a lead `l` went one of the ways: those that `waysTaken` counts. */
export function wentSql(scope: Scope, cadence: string, { ways, told }: RecordedWays): Prisma.Sql {
  return Prisma.sql`l.id IN (${withSteps(scope, cadence, told)}
    SELECT runs.lead_id FROM steps JOIN runs ON runs.id = steps.id
    WHERE steps.at < 'infinity' AND (steps.step_id, steps.next) IN (
      SELECT * FROM unnest(${ways.map(({ from }) => from)}::text[], ${ways.map(({ to }) => to)}::text[])))`;
}

/**
 * The ways that the newest enrollments of a cadence took, over all its revisions. A step whose time merely passes leaves no trace.
 *
 * @param told Kinds of steps whose message tells of them, and no entry has to
 */
export async function waysTaken(
  db: Db,
  scope: Scope,
  cadence: string,
  told: readonly string[],
): Promise<{ runs: number; ways: WayTaken[] }> {
  const rows = await planned<{ from: string | null; to: string | null; times: number }>(
    db,
    Prisma.sql`${withSteps(scope, cadence, told)}
    SELECT step_id AS "from", next AS "to", count(*)::int AS times FROM steps WHERE at < 'infinity' GROUP BY 1, 2
    UNION ALL SELECT NULL, NULL, count(*)::int FROM runs`,
  );
  return {
    runs: rows.find(({ from }) => from === null)?.times ?? 0,
    ways: rows.flatMap(({ from, to, times }) => (from === null || from === to ? [] : [{ from, to, times }])),
  };
}
