import type { Db } from '../db.ts';

/** Deletes counts whose time is over. Returns how many. */
export async function sweepRateLimits(db: Db, now: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM rate_limits WHERE expire < ${BigInt(now.getTime())}`;
}
