/** The worker: runs the leads' processes and does what they ask for. */
import { fileURLToPath } from 'node:url';
import { makeTelemetryFilterString, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from './activities/create-activities.ts';
import type { Logger } from 'pino';
import type { ActivityDeps } from './activities/deps.ts';
import { HeartbeatInterceptor } from './activities/heartbeat.ts';
import { FailureInterceptor } from './activities/interceptor.ts';
import type { Config } from './runtime/config.ts';
import { createTokens } from './crypto/tokens.ts';
import { createTransport } from './email/transport.ts';
import { createLogger } from './runtime/log.ts';
import { publish } from './publish.ts';
import { fixedRules } from './store/rules/in-force.ts';
import { closeDb, createDb } from './store/db.ts';
import { connectWorker } from './temporal/connect-worker.ts';
import { temporalLogger } from './temporal/logger.ts';

const WORKFLOWS = fileURLToPath(new URL('./workflows/index.ts', import.meta.url));
/** Processes kept in memory, at ½ to ¾ MiB each (measured): the others are replayed when they wake. */
export const CACHED_PROCESSES = 1_000;
/** Steps that one worker performs at once; the pool has a connection for each, so that none waits for another. */
const CONCURRENT_ACTIVITIES = 20;

export interface RunningWorker {
  /** Finishes what is under way, then closes. */
  close(): Promise<void>;
}

/**
 * Connects, reads the playbook and starts to work.
 * @throws AppError UNAVAILABLE, PLAYBOOK_INVALID
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
  const db = createDb(config.databaseUrl, { max: CONCURRENT_ACTIVITIES });
  const rules = fixedRules(await publish(config, db));
  const transport = createTransport(config.mail.smtpUrl, { maxConnections: 10 });
  return {
    deps: { rules, db, log, mail: mailSettings(config, transport) },
    close: async () => {
      await transport.close();
      await closeDb(db);
    },
  };
}

export function mailSettings(config: Config, transport: ActivityDeps['mail']['transport']): ActivityDeps['mail'] {
  const [, name, address] = /^(?:([^<]*?)\s*<)?([^<>]+?)>?$/.exec(config.mail.from) ?? [];
  return {
    transport,
    tokens: createTokens(config.secretKeys),
    from: { address: address ?? config.mail.from, ...(name ? { name } : {}) },
    companyName: config.mail.companyName,
    postalAddress: config.mail.postalAddress,
    publicUrl: config.publicUrl,
  };
}

/** What every worker of this product that does everything has in common, the tests' ones too. */
export function workerOptions(
  deps: ActivityDeps,
): ReturnType<typeof workflowOptions> & ReturnType<typeof activityOptions> {
  return { ...workflowOptions(), ...activityOptions(deps) };
}

function workflowOptions(): Required<Pick<WorkerOptions, 'workflowsPath' | 'bundlerOptions' | 'maxCachedWorkflows'>> {
  return {
    workflowsPath: WORKFLOWS,
    // Evaluated once a worker instead of once a process of a lead: they keep no state.
    bundlerOptions: { preloadModules: [WORKFLOWS] },
    maxCachedWorkflows: CACHED_PROCESSES,
  };
}

function activityOptions(
  deps: ActivityDeps,
): Required<Pick<WorkerOptions, 'activities' | 'interceptors' | 'maxConcurrentActivityTaskExecutions'>> {
  return {
    activities: createActivities(deps),
    interceptors: {
      activity: [
        (context) => ({ inbound: new HeartbeatInterceptor(context) }),
        (context) => ({ inbound: new FailureInterceptor(context, deps.log) }),
      ],
    },
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
  };
}
