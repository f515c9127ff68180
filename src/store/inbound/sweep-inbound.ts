import type { Db } from '../db.ts';

/** What an incoming mail led to (a suppression, an event) stands elsewhere, and stays. */
const KEPT_DAYS = 90;
/** By one statement. */
const SWEPT_AT_ONCE = 5_000;

/** Deletes incoming mails that are older than 90 days, also those that nobody looked at, piece by piece. Returns how many. */
export async function sweepInbound(db: Db, now: Date, signal?: AbortSignal): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  let count = 0;
  for (;;) {
    // One that a person settles at this moment is skipped.
    const swept = await db.$executeRaw`
      WITH old AS (
        SELECT id FROM inbound_mails WHERE received_at < ${before}
        ORDER BY received_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED
      )
      DELETE FROM inbound_mails m USING old WHERE m.id = old.id`;
    count += swept;
    if (swept < SWEPT_AT_ONCE || signal?.aborted === true) return count;
  }
}
