import { TRANSACTION, type Db } from './db.ts';

/**
 * Does the work unless another process does it at this moment: then the answer is null. The lock ends with the work, with the process, or,
 * if the host of the process is gone, after `forMs`. The work uses other connections, so it may have transactions of its own.
 *
 * @param key Key of the advisory lock
 */
export async function alone<T>(
  db: Db,
  { key, forMs }: { key: number; forMs: number },
  work: () => Promise<T>,
): Promise<T | null> {
  return db.$transaction(
    async (tx) => {
      // The transaction idles while the work is done: the connection's own limit is for those that hold a lead's lock.
      const [lock] = await tx.$queryRaw<{ mine: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(${key}::bigint) AS mine,
          set_config('idle_in_transaction_session_timeout', ${String(forMs)}, TRUE)`;
      return lock?.mine === true ? await work() : null;
    },
    { maxWait: TRANSACTION.maxWait, timeout: forMs },
  );
}
