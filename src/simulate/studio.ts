/** What all lives of one simulation run share: databases, the published playbook, the worker and its task queue. */
import { Client } from '@temporalio/client';
import { makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { WorkflowNotFoundError } from '@temporalio/common';
import { createActivities } from '../activities/create-activities.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { activityOptionsOf, workflowOptions } from '../activities/worker-options.ts';
import type { LeadActivities } from '../workflows/activities.ts';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import { createLogger, type Logger } from '../runtime/log.ts';
import { grpcErrorOf, status } from '../runtime/grpc.ts';
import { publish } from '../playbook/publish.ts';
import { closeDb, createDb } from '../store/db.ts';
import { connectTemporal } from '../temporal/connect.ts';
import { connectWorker } from '../temporal/connect-worker.ts';
import { prepareNamespace } from '../temporal/prepare.ts';
import { temporalLogger } from '../temporal/logger.ts';
import { type EndProcesses, openDatabases } from './database.ts';
import { publishCopy } from './publish-copy.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** The database that the playbook is published in. Each life works on a copy of it. */
const BASE = 'base';

export interface Studio {
  readonly config: Config;
  readonly client: Client;
  readonly taskQueue: string;
  readonly log: Logger;
  /** A copy of the database with the published playbook. */
  createDatabase(name: string): Promise<string>;
  /** From now on the process of this lead works with these dependencies. Call it before the process starts. */
  serve(leadId: string, deps: ActivityDeps): void;
  close(): Promise<void>;
}

export interface StudioOptions {
  /** A published playbook revision instead of the folders. */
  revision?: number | undefined;
  /** What its canary tries. */
  canary?: boolean | undefined;
}

/** @throws AppError UNAVAILABLE, PLAYBOOK_INVALID, NOT_FOUND (the revision) */
export async function openStudio(config: Config, options: StudioOptions = {}): Promise<Studio> {
  // Whoever simulates reads the result: that a worker started is no news.
  const logLevel = config.logLevel === 'info' ? 'warn' : config.logLevel;
  const log = createLogger({ logLevel }, 'simulation', { to: 'stderr' });
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed())
      await one().catch((error: unknown) =>
        log.warn({ err: error }, 'a part of the simulation did not close in order'),
      );
  };
  try {
    const connection = await connectTemporal(config.temporal);
    closers.push(() => connection.close());
    const client = new Client({ connection, namespace: config.temporal.namespace });
    const endProcesses = processEnder(client);
    const databases = await openDatabases(config, endProcesses);
    closers.push(() => databases.close());
    const served = new Map<string, LeadActivities>();
    closers.push(() => endProcesses([...served.keys()]));
    const prepare = async (): Promise<void> => {
      const url = await databases.create(BASE);
      await publishInto(url, config, options);
    };
    const [worker] = await allOrNone([
      startWorker(config, databases.run, served, log),
      prepare(),
      prepareNamespace(connection, config.temporal.namespace),
    ]);
    closers.push(worker);
    return {
      config,
      client,
      taskQueue: databases.run,
      log,
      createDatabase: (name) => databases.create(name, BASE),
      serve: (leadId, deps) => void served.set(leadId, createActivities(deps)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits for all to end before it throws the first failure: nothing may still be at work on what is closed then. */
async function allOrNone<T extends readonly unknown[]>(tasks: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}

async function publishInto(databaseUrl: string, config: Config, { revision, canary }: StudioOptions): Promise<void> {
  const db = createDb(databaseUrl, { max: 2 });
  try {
    if (revision === undefined) await publish(config, db, { author: 'simulation' });
    else await publishCopy(config, db, revision, canary);
  } finally {
    await closeDb(db);
  }
}

let isInstalled = false;

/** Starts the worker of the run. Returns how to stop it. */
async function startWorker(
  config: Config,
  taskQueue: string,
  served: ReadonlyMap<string, LeadActivities>,
  log: Logger,
): Promise<() => Promise<void>> {
  if (!isInstalled) {
    const logging = { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }), forward: {} };
    // A process has one runtime. Where there is one already (a test) it serves as well.
    try {
      Runtime.install({ logger: temporalLogger(log), telemetryOptions: { logging } });
    } catch (error) {
      log.debug({ err: error }, 'the Temporal runtime of this process is used as it is');
    }
    isInstalled = true;
  }
  const [bundle, connection] = await Promise.all([workflowBundle(config.dataDir), connectWorker(config.temporal)]);
  const { maxCachedWorkflows } = workflowOptions();
  const worker = await Worker.create({
    ...activityOptionsFor(served, log),
    maxCachedWorkflows,
    workflowBundle: bundle,
    connection,
    namespace: config.temporal.namespace,
    taskQueue,
    shutdownGraceTime: '2s',
    shutdownForceTime: '5s',
  });
  const running = worker.run();
  running.catch((error: unknown) => log.error({ err: error }, 'the worker of the simulation failed'));
  return async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running.catch(() => undefined);
    await connection.close();
  };
}

/** The real activities, each with the dependencies of the life that its lead belongs to. */
function activityOptionsFor(served: ReadonlyMap<string, LeadActivities>, log: Logger) {
  const of = (leadId: string): LeadActivities => {
    const activities = served.get(leadId);
    if (activities === undefined)
      throw new AppError('LEAD_UNKNOWN', `No life of this simulation has the lead ${leadId}.`);
    return activities;
  };
  const activities: LeadActivities = {
    performStep: (at) => of(at.leadId).performStep(at),
    handOver: (at) => of(at.leadId).handOver(at),
    carryOut: (at) => of(at.leadId).carryOut(at),
    hold: (at) => of(at.leadId).hold(at),
  };
  return activityOptionsOf(activities, log);
}

/** Terminates processes and deletes them, so that no list of the Temporal UI shows them. */
function processEnder(client: Client): EndProcesses {
  const { namespace } = client.options;
  const end = async (workflowId: string): Promise<void> => {
    try {
      await client.workflow.getHandle(workflowId).terminate('the simulation is over');
    } catch (error) {
      // It has ended by itself, or never started.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    try {
      await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
    } catch (error) {
      if (grpcErrorOf(error)?.code !== status.NOT_FOUND) throw error;
    }
  };
  return async (leadIds) => {
    for (const leadId of leadIds) await end(leadId);
  };
}
