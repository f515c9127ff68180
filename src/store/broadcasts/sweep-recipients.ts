import type { Db } from '../db.ts';
import { inPieces } from '../in-pieces.ts';

/** So long a canceled broadcast still names whom it did not come to. */
const KEPT_DAYS = 30;

/** Deletes the recipients of broadcasts that were canceled 30 days ago, piece by piece; their number stays. Returns how many. */
export async function sweepRecipients(db: Db, now: Date, signal?: AbortSignal): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  const old = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM broadcasts b WHERE status = 'canceled' AND ended_at < ${before}
      AND EXISTS (SELECT FROM broadcast_recipients WHERE broadcast_id = b.id) ORDER BY ended_at, id`;
  let count = 0;
  for (const { id } of old) {
    if (signal?.aborted === true) break;
    count += await inPieces((atMost) => sweepPiece(db, id, atMost), signal);
  }
  return count;
}

/** What goes and what is counted of it is one statement: whoever looks meanwhile counts each lead once. */
async function sweepPiece(db: Db, broadcastId: string, atMost: number): Promise<number> {
  const [swept] = await db.$queryRaw<{ count: number }[]>`
    WITH piece AS (
      SELECT lead_id FROM broadcast_recipients WHERE broadcast_id = ${broadcastId} ORDER BY lead_id LIMIT ${atMost}
      FOR UPDATE SKIP LOCKED
    ), gone AS (
      DELETE FROM broadcast_recipients r USING piece WHERE r.broadcast_id = ${broadcastId} AND r.lead_id = piece.lead_id RETURNING 1
    ), noted AS (
      UPDATE broadcasts SET unreached = unreached + (SELECT count(*) FROM gone) WHERE id = ${broadcastId}
    )
    SELECT count(*)::int AS count FROM gone`;
  return swept?.count ?? 0;
}
