import type { Db, Tx } from '../../src/store/db.ts';

/** The connections to this database that wait for a lock just now: the other side of a race stands there. */
export async function lockWaiters(db: Db | Tx): Promise<unknown[]> {
  return db.$queryRaw<unknown[]>`
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
}
