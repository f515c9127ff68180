import { RateLimiterMemory, RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Db } from '../db.ts';

/** Deletes counts whose time is over. Returns how many. */
export async function sweepRateLimits(db: Db, now: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM rate_limits WHERE expire < ${BigInt(now.getTime())}`;
}

/**
 * Counts in the database, for all processes together. Without the database each process counts for itself. A caller over the limit
 * is refused from memory.
 *
 * @param limit.points As many in `periodS` seconds
 */
export function createRateLimiter(
  db: Db,
  limit: { name: string; points: number; periodS: number },
): Pick<RateLimiterPostgres, 'consume'> {
  const common = { keyPrefix: limit.name, points: limit.points, duration: limit.periodS };
  return new RateLimiterPostgres({
    ...common,
    storeClient: clientOf(db),
    storeType: 'pool',
    tableName: 'rate_limits',
    // By a migration; rows that ran out are deleted by the sweeps.
    tableCreated: true,
    clearExpiredByTimeout: false,
    inMemoryBlockOnConsumed: limit.points,
    insuranceLimiter: new RateLimiterMemory(common),
  });
}

/** The part of a database pool that the limiter uses. */
function clientOf(db: Db) {
  return {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const rows = await db.$queryRawUnsafe<{ points: number; expire: bigint | null }[]>(text, ...values);
      return { rows: rows.map((row) => ({ ...row, expire: Number(row.expire) })), rowCount: rows.length };
    },
  };
}
