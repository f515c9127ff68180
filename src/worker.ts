/** The worker: runs the leads' processes and does what they ask for. */
import { Client } from '@temporalio/client';
import { makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createDeps } from './activities/create-deps.ts';
import type { ActivityDeps } from './activities/deps.ts';
import { activityOptions, CONCURRENT_ACTIVITIES, workflowOptions } from './activities/worker-options.ts';
import type { Config } from './runtime/config.ts';
import { mailProblem } from './email/mail-check.ts';
import { createLogger } from './runtime/log.ts';
import { openRules } from './playbook/open-rules.ts';
import { closeDb, createDb } from './store/db.ts';
import { createCommands } from './temporal/commands.ts';
import { connectTemporal } from './temporal/connect.ts';
import { connectWorker } from './temporal/connect-worker.ts';
import { temporalLogger } from './temporal/logger.ts';

export interface RunningWorker {
  /** Finishes what is under way, then closes. */
  close(): Promise<void>;
}

/**
 * Connects, reads the published playbook and starts to work.
 * @throws AppError UNAVAILABLE, PLAYBOOK_UNPUBLISHED, STORED_BY_NEWER
 */
export async function startWorker(config: Config): Promise<RunningWorker> {
  const log = createLogger(config, 'worker');
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'WARN' }), forward: {} },
      metrics: { prometheus: { bindAddress: `${config.workerMetricsHost}:${config.workerMetricsPort}` } },
    },
  });
  const hands = config.workerRole === 'workflows' ? null : await openHands(config, log);
  const connection = await connectWorker(config.temporal);
  const worker = await Worker.create({
    ...(config.workerRole === 'activities' ? {} : workflowOptions()),
    ...(hands === null ? {} : activityOptions(hands.deps)),
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
  });
  const running = worker.run();
  log.info({ taskQueue: config.temporal.taskQueue, role: config.workerRole }, 'worker is ready');
  if (hands !== null) void mailProblem(config.mail).then((problem) => problem !== null && log.warn(problem));
  return {
    close: async () => {
      worker.shutdown();
      await running;
      await connection.close();
      await hands?.close();
    },
  };
}

/** What activities work with; a worker that only runs the processes needs none of it. */
async function openHands(config: Config, log: Logger): Promise<{ deps: ActivityDeps; close(): Promise<void> }> {
  const { namespace, taskQueue } = config.temporal;
  // Of its own: a bulk run gives commands to leads' processes.
  const connection = await connectTemporal(config.temporal);
  const client = new Client({ connection, namespace });
  const db = createDb(config.databaseUrl, { max: CONCURRENT_ACTIVITIES });
  const rules = await openRules({ db, databaseUrl: config.databaseUrl, log }).catch(async (error: unknown) => {
    await closeDb(db);
    await connection.close();
    throw error;
  });
  const made = createDeps(config, { db, rules, log, commands: createCommands({ client, taskQueue, db }) });
  return {
    deps: made.deps,
    close: async () => {
      await connection.close();
      await made.close();
      await rules.close();
      await closeDb(db);
    },
  };
}
