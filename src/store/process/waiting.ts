import type { Tx } from '../db.ts';
import { announce } from '../outbox.ts';

/**
 * The lead that waits for the team for longer than this need and could get the rep; null: none. A lead that is paused or held waits
 * without keeping others.
 */
export async function olderWaiting(
  tx: Tx,
  { team, needId, since, repId }: { team: string; needId: string; since: Date | null; repId: string },
): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ leadId: string }[]>`
    SELECT n.lead_id AS "leadId" FROM needs n JOIN leads l ON l.id = n.lead_id
    WHERE n.waiting_team = ${team} AND n.id <> ${needId} AND (${since}::timestamptz IS NULL OR n.waiting_since < ${since})
      AND l.paused_at IS NULL AND l.held_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.need_id = n.id AND a.rep_id = ${repId}
                      AND a.status IN ('rejected', 'expired', 'rerouted'))
    ORDER BY n.waiting_since, n.id LIMIT 1`;
  return row?.leadId ?? null;
}

/** A rep may have room: rings the lead that waits for one of the rep's teams the longest. `but`: the need that made the room. */
export async function ringLongestWaiting(tx: Tx, repId: string, but: string): Promise<void> {
  const [row] = await tx.$queryRaw<{ leadId: string }[]>`
    SELECT n.lead_id AS "leadId" FROM needs n JOIN leads l ON l.id = n.lead_id
    WHERE n.waiting_team = ANY((SELECT teams FROM reps WHERE id = ${repId})::text[]) AND n.id <> ${but}
      AND l.paused_at IS NULL AND l.held_at IS NULL
    ORDER BY n.waiting_since, n.id LIMIT 1`;
  if (row !== undefined) await announce(tx, [{ leadId: row.leadId, reason: 'room', refs: {} }]);
}
