import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { idleBroadcasts } from '../store/broadcasts/broadcasts.ts';
import { idleRuns } from '../store/bulk/runs.ts';
import type { Db } from '../store/db.ts';
import { tellBroadcast } from '../temporal/start-broadcast.ts';
import { tellBulkRun } from '../temporal/start-bulk-run.ts';
import { type RowWatch, watchRows } from './row-watch.ts';

interface Options {
  db: Db;
  client: Client;
  taskQueue: string;
  log: Logger;
  everyMs?: number;
  idleMs?: number;
}

/** Tells the processes of bulk runs what their rows say. */
export function createBulkRuns({ db, client, taskQueue, ...options }: Options): RowWatch {
  return watchRows({
    what: 'bulk run',
    idle: (forMs) => idleRuns(db, forMs),
    start: (runId) => tellBulkRun(client, taskQueue, runId),
    ...options,
  });
}

/** The same for broadcasts. */
export function createBroadcasts({ db, client, taskQueue, ...options }: Options): RowWatch {
  return watchRows({
    what: 'broadcast',
    idle: (forMs) => idleBroadcasts(db, forMs),
    start: (broadcastId) => tellBroadcast(client, taskQueue, broadcastId),
    ...options,
  });
}
