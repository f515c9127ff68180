import type { Config } from '../runtime/config.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';

/** One connection to the database for the work of a command. */
export async function withDb<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    return await work(db);
  } finally {
    await closeDb(db);
  }
}
