import type { Db, Tx } from '../../src/store/db.ts';

export interface LockWaiter {
  pid: number;
  /** Its statement. */
  query: string;
}

/** Of the statement that looks which leads are locked (src/store/lock.ts). */
const LOOK = '%WITH named AS (SELECT id, email FROM leads%';

/**
 * The connections to this database that wait for a lock just now: the other side of a race stands there. A call with events waits for a
 * second, and from then on without a lock, looking now and then whether its lead is free: who looked a moment ago is among them.
 */
export async function lockWaiters(db: Db | Tx): Promise<LockWaiter[]> {
  return db.$queryRaw<LockWaiter[]>`
    SELECT pid, query FROM pg_stat_activity
    WHERE datname = current_database()
      AND (wait_event_type = 'Lock' OR (query LIKE ${LOOK} AND query_start > clock_timestamp() - interval '1 second'))`;
}
