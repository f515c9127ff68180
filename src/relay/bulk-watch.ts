import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { idleRuns } from '../store/bulk/runs.ts';
import type { Db } from '../store/db.ts';
import { tellBulkRun } from '../temporal/start-bulk-run.ts';
import { repeat } from './repeat.ts';

export interface BulkRuns {
  /** Starts the process of a run, or tells it that its row was changed. Never waits, never fails: the watch tells it again. */
  tell(runId: string): void;
  close(): Promise<void>;
}

interface Options {
  db: Db;
  client: Client;
  taskQueue: string;
  log: Logger;
  everyMs?: number;
  /** A run that works writes its row far more often. */
  idleMs?: number;
}

const EVERY_MS = 15_000;
const IDLE_MS = 45_000;

/**
 * Tells the processes of bulk runs what their rows say. A look at the rows finds runs whose process a crash kept from being started, that
 * was terminated, or that was not told.
 */
export function createBulkRuns({
  db,
  client,
  taskQueue,
  log,
  everyMs = EVERY_MS,
  idleMs = IDLE_MS,
}: Options): BulkRuns {
  const underWay = new Set<Promise<void>>();

  function tell(runId: string): void {
    const told = tellBulkRun(client, taskQueue, runId)
      .catch((error: unknown) => log.warn({ err: error, runId }, 'a bulk run could not be told; it is told again'))
      .finally(() => underWay.delete(told));
    underWay.add(told);
  }

  const looks = repeat(
    everyMs,
    async () => {
      for (const runId of await idleRuns(db, idleMs)) tell(runId);
    },
    (error) => log.warn({ err: error }, 'could not look for bulk runs that stand still'),
  );
  return {
    tell,
    async close() {
      await looks.close();
      await Promise.allSettled(underWay);
    },
  };
}
