/** Where leads stand in a cadence, and the change of where they stand, for many leads in one statement each. */
import type { Tx } from '../db.ts';
import type { Enrollment } from '../generated/client.ts';
import { asJson, columnsOf } from '../rows.ts';

/** Ids of the leads after `after` that are in a cadence in another revision than `to`, also where it stands still behind another, in their order. */
export async function leadsToMove(
  tx: Tx,
  { cadence, to, after, limit }: { cadence: string; to: string; after: string | null; limit: number },
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ leadId: string }[]>`
    SELECT DISTINCT lead_id AS "leadId" FROM enrollments
    WHERE ended_at IS NULL AND cadence = ${cadence} AND revision_id <> ${to} AND lead_id > ${after ?? ''}
    ORDER BY lead_id LIMIT ${limit}`;
  return rows.map(({ leadId }) => leadId);
}

/** Their enrollments in the cadence that are not in `to` yet. The leads are locked. */
export async function positionsToMove(
  tx: Tx,
  leadIds: readonly string[],
  { cadence, to }: { cadence: string; to: string },
): Promise<Enrollment[]> {
  return tx.$queryRaw<Enrollment[]>`
    SELECT ${columnsOf('enrollments')} FROM enrollments
    WHERE lead_id = ANY(${[...leadIds]}) AND ended_at IS NULL AND cadence = ${cadence} AND revision_id <> ${to}
    ORDER BY lead_id, id`;
}

/** The columns that a move changes. */
export type MovedEnrollment = Pick<
  Enrollment,
  | 'id'
  | 'revisionId'
  | 'stepId'
  | 'dueAt'
  | 'waitingFrom'
  | 'waitingSince'
  | 'attempts'
  | 'pass'
  | 'firstPass'
  | 'steppedAt'
>;

export async function writePositions(tx: Tx, moved: readonly MovedEnrollment[]): Promise<void> {
  if (moved.length === 0) return;
  await tx.$executeRaw`
    UPDATE enrollments e SET revision_id = n.revision_id, step_id = n.step_id, due_at = n.due_at,
      waiting_from = n.waiting_from, waiting_since = n.waiting_since, attempts = n.attempts, pass = n.pass,
      first_pass = n.first_pass, stepped_at = n.stepped_at
    FROM jsonb_populate_recordset(NULL::enrollments, ${asJson(moved)}::jsonb) n WHERE e.id = n.id`;
}

/** What these leads listened for at a step that has changed; where they stand now, their processes write anew. */
export async function forgetAwaited(
  tx: Tx,
  enrollmentIds: readonly string[],
  leadIds: readonly string[],
): Promise<void> {
  if (enrollmentIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE leads SET awaiting = (
      SELECT coalesce(jsonb_agg(a), '[]'::jsonb) FROM jsonb_array_elements(awaiting) a
      WHERE NOT a->>'enrollmentId' = ANY(${[...enrollmentIds]}))
    WHERE id = ANY(${[...leadIds]}) AND jsonb_typeof(awaiting) = 'array'`;
}

/** An enrollment that got other words. `offsetMs`: of the lead's clock. */
export interface Amended {
  enrollmentId: string;
  leadId: string;
  cadence: string;
  /** Number of its revision now. */
  revision: number;
  offsetMs: number;
}

/**
 * Gives the next enrollments in these revisions the revision with the same steps and other words. In the order of their leads. One that a
 * migration has locked is looked at again when it may be changed: it stands among other steps by then.
 */
export async function changeWords(tx: Tx, revisions: ReadonlyMap<string, string>, limit: number): Promise<Amended[]> {
  const pairs = JSON.stringify([...revisions].map(([old, words]) => ({ old, words })));
  return tx.$queryRaw<Amended[]>`
    WITH pairs AS (SELECT old, words FROM json_to_recordset(${pairs}::json) AS p(old text, words text)),
      next AS (SELECT e.id, p.old, p.words FROM enrollments e JOIN pairs p ON p.old = e.revision_id
        WHERE e.ended_at IS NULL ORDER BY e.lead_id, e.id LIMIT ${limit}),
      changed AS (UPDATE enrollments e SET revision_id = next.words FROM next
        WHERE e.id = next.id AND e.revision_id = next.old
        RETURNING e.id, e.lead_id, e.cadence, e.revision_id)
    SELECT c.id AS "enrollmentId", c.lead_id AS "leadId", c.cadence, r.number AS revision, l.clock_offset_ms::float8 AS "offsetMs"
    FROM changed c JOIN cadence_revisions r ON r.id = c.revision_id JOIN leads l ON l.id = c.lead_id ORDER BY c.lead_id, c.id`;
}
