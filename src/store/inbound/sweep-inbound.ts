import type { Db } from '../db.ts';
import { inPieces } from '../in-pieces.ts';

/** What an incoming mail led to (a suppression, an event) stands elsewhere, and stays. */
const KEPT_DAYS = 90;

/** Deletes incoming mails that are older than 90 days, also those that nobody looked at, piece by piece. Returns how many. */
export async function sweepInbound(db: Db, now: Date, signal?: AbortSignal): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  return inPieces(
    // One that a person settles at this moment is skipped.
    (atMost) => db.$executeRaw`
      WITH old AS (
        SELECT id FROM inbound_mails WHERE received_at < ${before}
        ORDER BY received_at LIMIT ${atMost} FOR UPDATE SKIP LOCKED
      )
      DELETE FROM inbound_mails m USING old WHERE m.id = old.id`,
    signal,
  );
}
