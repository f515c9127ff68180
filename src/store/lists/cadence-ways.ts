import type { Scope } from '../../domain/policy.ts';
import { leadInScope } from '../access/scope.ts';
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { becameReady, endedEarly, leftEarly } from './run-ends.ts';
import { STANDS_AT } from './stands-at.ts';

/** More are not read: the shares of the newest tell how a cadence does. */
export const MOST_RUNS = 20_000;

/** What became of a run at the last step that is known. `done`: it had everything, reached the goal, or was held out. */
type Fate = 'here' | 'qualified' | 'left' | 'done';

/** A piece of a run: from one step that is known straight to another. */
export interface Piece {
  /** Null: the run begins. */
  from: string | null;
  /** What was recorded of that step: the arm of a split, or the result of a step that tells it. */
  recorded: string | null;
  /** With a fate: where the run stands or stood, null where that is not known. */
  to: string | null;
  /** Null: the run goes on from `to`. */
  fate: Fate | null;
}

/** How many runs have the piece. */
export interface WayTaken extends Piece {
  times: number;
}

/**
 * The newest enrollments of a cadence over all its revisions (`runs`) and the pieces that they are made of (`pieces`). A step is known by its
 * message, the arm of its split or its entry in the timeline; the last one by where the lead stands or stood.
 */
function withPieces(scope: Scope, cadence: string, told: readonly string[]): Prisma.Sql {
  return Prisma.sql`
    WITH runs AS MATERIALIZED (
      SELECT run.id, run.lead_id, run.started_at,
        CASE WHEN run.ended_at IS NOT NULL THEN run.waiting_from WHEN run.step_id IS NOT NULL THEN ${STANDS_AT} END AS stood,
        CASE WHEN run.ended_at IS NULL THEN 'here' WHEN ${endedEarly('run', becameReady('run'))} THEN 'qualified'
          WHEN ${leftEarly('run')} THEN 'left' ELSE 'done' END AS fate
      FROM enrollments run JOIN leads standing ON standing.id = run.lead_id
      WHERE run.revision_id IN (SELECT cr.id FROM cadence_revisions cr WHERE cr.cadence = ${cadence}) AND ${leadInScope(scope, 'run.lead_id')}
      ORDER BY run.started_at DESC, run.id LIMIT ${MOST_RUNS}),
    seen AS (
      SELECT runs.id, s.step_id, s.occurred_at AS at, NULL::text AS recorded FROM runs JOIN sends s ON s.enrollment_id = runs.id
        WHERE s.step_id IS NOT NULL
      UNION ALL SELECT runs.id, arm.step_id, arm.occurred_at, arm.arm FROM runs JOIN split_arms arm ON arm.enrollment_id = runs.id
      UNION ALL SELECT runs.id, done.data->>'stepId', done.occurred_at, done.data->>'result' FROM runs
        JOIN audit done ON done.lead_id = runs.lead_id AND done.occurred_at >= runs.started_at AND done.action = 'step.performed'
        WHERE done.data->>'enrollmentId' = runs.id AND NOT done.data->>'kind' = ANY(${[...told, 'split']})
      UNION ALL SELECT runs.id, NULL, '-infinity', NULL FROM runs
      UNION ALL SELECT runs.id, runs.stood, 'infinity', NULL FROM runs),
    steps AS (
      SELECT id, step_id, at, recorded, lead(step_id) OVER one_run AS next, lead(at) OVER one_run = 'infinity' AS is_last
      FROM seen WINDOW one_run AS (PARTITION BY id ORDER BY at, step_id)),
    pieces AS (
      SELECT runs.id, runs.lead_id, steps.step_id AS "from", steps.recorded, steps.next AS "to", CASE WHEN steps.is_last THEN runs.fate END AS fate
      FROM steps JOIN runs ON runs.id = steps.id WHERE steps.at < 'infinity' AND (steps.is_last OR steps.step_id IS DISTINCT FROM steps.next))`;
}

/** Whether a run of a lead `l` has one of the pieces, as `waysTaken` counts them. */
export function wentSql(
  scope: Scope,
  cadence: string,
  { pieces, told }: { pieces: readonly Piece[]; told: readonly string[] },
): Prisma.Sql {
  const asked = JSON.stringify(pieces.map(({ from, recorded, to, fate }) => [from, recorded, to, fate]));
  return Prisma.sql`l.id IN (${withPieces(scope, cadence, told)}
    SELECT pieces.lead_id FROM pieces WHERE jsonb_build_array("from", recorded, "to", fate) IN (SELECT jsonb_array_elements(${asked}::jsonb)))`;
}

/**
 * The pieces of the newest enrollments of a cadence, over all its revisions. A step whose time merely passes leaves no trace.
 *
 * @param told Kinds of steps whose message tells of them, and no entry has to
 */
export async function waysTaken(
  db: Db,
  scope: Scope,
  cadence: string,
  told: readonly string[],
): Promise<{ runs: number; ways: WayTaken[] }> {
  const ways = await planned<WayTaken>(
    db,
    Prisma.sql`${withPieces(scope, cadence, told)}
    SELECT "from", recorded, "to", fate, count(*)::int AS times FROM pieces GROUP BY 1, 2, 3, 4`,
  );
  return { runs: ways.reduce((sum, { fate, times }) => sum + (fate === null ? 0 : times), 0), ways };
}
