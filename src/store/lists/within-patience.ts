import type { Db, Tx } from '../db.ts';

/** In a very large database nobody waits for an advice that no index has. */
const PATIENCE_MS = 5_000;

/** What the statements find out; null when one of them takes longer than anybody waits for. */
export async function withinPatience<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T | null> {
  return db
    .$transaction(async (tx) => {
      await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = ${PATIENCE_MS}`);
      return work(tx);
    })
    .catch((error: unknown) => {
      if (error instanceof Error && error.message.includes('statement timeout')) return null;
      throw error;
    });
}
