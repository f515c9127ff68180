/** How many leads run through which revisions of which cadences. */
import type { Tx } from '../db.ts';
import type { CadenceRevision } from '../generated/client.ts';
import { parseRevision, type ReadRevision } from '../process/revisions.ts';

/** Leads of each cadence that are in another revision than `to` (ids by key); cadences without any are left out. */
export async function leadsInOtherRevisions(
  tx: Tx,
  to: ReadonlyMap<string, string>,
): Promise<{ cadence: string; to: string; leads: number }[]> {
  const wanted = JSON.stringify([...to].map(([cadence, revision]) => ({ cadence, revision })));
  return tx.$queryRaw<{ cadence: string; to: string; leads: number }[]>`
    SELECT w.cadence, w.revision AS "to", count(*)::int AS leads
    FROM json_to_recordset(${wanted}::json) AS w(cadence text, revision text)
    JOIN enrollments e ON e.cadence = w.cadence AND e.ended_at IS NULL AND e.revision_id <> w.revision
    GROUP BY w.cadence, w.revision ORDER BY w.cadence`;
}

/** The revisions that leads are in now, each with how many leads; of a cadence the oldest first. */
export async function liveRevisions(tx: Tx): Promise<{ revision: ReadRevision; leads: number }[]> {
  const rows = await tx.$queryRaw<(CadenceRevision & { leads: number })[]>`
    SELECT r.id, r.cadence, r.number, r.hash, r.definition, r.templates, r.amends, r.created_at AS "createdAt", live.leads
    FROM (SELECT revision_id, count(*)::int AS leads FROM enrollments WHERE ended_at IS NULL GROUP BY revision_id) live
    JOIN cadence_revisions r ON r.id = live.revision_id ORDER BY r.cadence, r.number`;
  return rows.map(({ leads, ...row }) => ({ revision: parseRevision(row), leads }));
}
