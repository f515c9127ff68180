/** How much leads and steps add to Temporal's histories and to the databases. */
import type { Client } from '@temporalio/client';
import type pg from 'pg';

export interface History {
  events: number;
  transitions: number;
  bytes: number;
}

/** In the order of the ids. */
export function historyOf(client: Client, workflowIds: readonly string[]): Promise<History[]> {
  return Promise.all(
    workflowIds.map(async (workflowId) => {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      const info = raw.workflowExecutionInfo;
      return {
        events: Number(info?.historyLength ?? 0),
        transitions: Number(info?.stateTransitionCount ?? 0),
        bytes: Number(info?.historySizeBytes ?? 0),
      };
    }),
  );
}

/** Bytes of the engine's database, and of Temporal's if it is on the same server. With indexes, without WAL. */
export async function databaseBytes(db: pg.Pool): Promise<number> {
  const { rows } = await db.query<{ bytes: string }>(
    `SELECT sum(pg_database_size(datname))::text AS bytes FROM pg_database
     WHERE datname = current_database() OR datname LIKE 'temporal%'`,
  );
  return Number(rows[0]?.bytes ?? 0);
}
