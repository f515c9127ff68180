/** Runs that a publishing began although it made no revision: leads on the way go to what is in force already. */
import type { Db, Tx } from '../db.ts';

export interface RunWithoutRevision {
  id: string;
  kind: string;
  /** Null: of all leads. */
  cadence: string | null;
  startedAt: Date;
  startedBy: string;
}

/** In the transaction that began them. */
export async function markWithoutRevision(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw`UPDATE bulk_runs SET params = params || '{"withoutRevision": true}' WHERE id = ANY(${[...ids]})`;
}

/** The newest first. */
export async function runsWithoutRevision(db: Db, limit: number): Promise<RunWithoutRevision[]> {
  return db.$queryRaw<RunWithoutRevision[]>`
    SELECT id, kind, params->>'cadence' AS cadence, started_at AS "startedAt", started_by AS "startedBy" FROM bulk_runs
    WHERE params->'withoutRevision' = 'true' ORDER BY id DESC LIMIT ${limit}`;
}
