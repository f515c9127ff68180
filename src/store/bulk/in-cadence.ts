/** How many leads run through which revisions of which cadences. */
import type { Tx } from '../db.ts';

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
