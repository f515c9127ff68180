/** The engine in one process, on the real servers: a database and a task queue of its own, a worker, the relay, an SMTP sink. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { loadConfig } from '../../src/runtime/config.ts';
import { parseSpan, spanToMs } from '../../src/domain/schedule.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { publish } from '../../src/playbook/publish.ts';
import { openRules } from '../../src/playbook/open-rules.ts';
import { createBroadcasts, createBulkRuns } from '../../src/relay/bulk-watch.ts';
import { createNewsletterWatch } from '../../src/relay/newsletter-watch.ts';
import { createRelay } from '../../src/relay/relay.ts';
import type { StoreContext } from '../../src/store/context.ts';
import { createAddressHash } from '../../src/store/consent/address-hash.ts';
import { closeDb, createDb } from '../../src/store/db.ts';
import type { EventInput } from '../../src/store/events/event-batch.ts';
import { createEventRecorder } from '../../src/store/events/record-events.ts';
import { type LeadSubmission, submitLead } from '../../src/store/capture/submit-lead.ts';
import { createCommands } from '../../src/temporal/commands.ts';
import { isAtWork } from '../../src/temporal/at-work.ts';
import { createFastForward } from '../../src/temporal/fast-forward.ts';
import { createDeps } from '../../src/activities/create-deps.ts';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import { workerOptions } from '../../src/activities/worker-options.ts';
import type { RacePoint } from '../../src/runtime/race-points.ts';
import { HOOK_SECRET } from './hook-sink.ts';
import { createTestDatabase } from './database.ts';
import { startMailSink } from './mail-sink.ts';
import { PATIENCE_MS } from './patience.ts';
import { json, whereabouts } from './whereabouts.ts';
import { type Stop, stopAt } from './stop-at.ts';

/** Leads that a wait in vain tells about: those named last. */
const LEADS_TOLD = 2;
const MOST_OF_A_LOOK_MS = 1_000;
const MOST_TO_BE_DONE_MS = 5_000;
const MOST_OF_A_LOOK_AT_DUE_MS = 100;
/** Longer than any test: looks come from the tests alone. */
const NO_LOOKS_MS = 3_600_000;
const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures');
let installed = false;
let bundle: ReturnType<typeof bundleWorkflowCode> | undefined;

export type Engine = Awaited<ReturnType<typeof startEngine>>;

export interface EngineOptions {
  playbookDir?: string;
  templatesDir?: string;
  /** Changes the activities' dependencies: to crash or to hang somewhere. */
  change?: (deps: ActivityDeps) => ActivityDeps;
  /** No worker: for tests that start processes of their own. */
  worker?: boolean;
  /** Connections to the database; 24 by default. */
  connections?: number;
  /** How often the relay looks for bells that nobody rang, in milliseconds. */
  sweepEveryMs?: number;
}

export async function startEngine(options: EngineOptions = {}) {
  const database = await createTestDatabase();
  const sink = await startMailSink();
  const taskQueue = `test-${randomUUID()}`;
  const env = {
    NODE_ENV: 'test',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    DATABASE_URL: database.url,
    SMTP_URL: sink.url,
    WEBHOOK_SECRET: HOOK_SECRET,
    WEBHOOK_ALLOW: '127.0.0.1',
    MAIL_FROM: 'Brookfield Irrigation <hello@brookfield.example>',
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: inject('temporalNamespace'),
    TEMPORAL_TASK_QUEUE: taskQueue,
    PLAYBOOK_DIR: options.playbookDir ?? path.join(FIXTURES, 'playbook'),
    TEMPLATES_DIR: options.templatesDir ?? path.join(FIXTURES, 'templates'),
  };
  const config = loadConfig(env);
  const log = createLogger(config, 'test');
  const db = createDb(database.url, { max: options.connections ?? 24 });
  await publish(config, db, { author: 'test' });
  const rules = await openRules({ db, databaseUrl: database.url, log });
  const connection = await Connection.connect({ address: config.temporal.address });
  const client = new Client({ connection, namespace: config.temporal.namespace });
  const store: StoreContext = {
    db,
    rules,
    realNow: () => Date.now(),
    hashAddress: createAddressHash(db, config.secretKeys),
  };
  // As the API does before it serves: the first to need the key must not ask for it from within a transaction.
  await store.hashAddress('');
  const { sweepEveryMs } = options;
  const relay = createRelay({ db, client, taskQueue, rules, log, ...(sweepEveryMs !== undefined && { sweepEveryMs }) });
  // Who has not told a run wants it to stand still: no look may begin it.
  const bulkRuns = createBulkRuns({ db, client, taskQueue, log, everyMs: NO_LOOKS_MS });
  const broadcasts = createBroadcasts({ db, client, taskQueue, log });
  const newsletters = createNewsletterWatch({ db, client, taskQueue, log, everyMs: NO_LOOKS_MS });
  const commands = createCommands({ client, taskQueue, db });
  const fastForward = createFastForward({ client, namespace: config.temporal.namespace, db });
  const { deps, close: closeDeps } = createDeps(config, { db, rules, log, commands });
  const worker =
    options.worker === false ? null : await startTestWorker(options.change?.(deps) ?? deps, config.temporal, taskQueue);

  /** Leads that the test named, the last one last. */
  const named = new Set<string>();
  const name = (leadId: string): string => {
    named.delete(leadId);
    named.add(leadId);
    return leadId;
  };
  /** Every bell was heard, nothing is under way, and nothing is due at this time. */
  const isAtRest = async (leadId: string, atMs: number): Promise<boolean> => {
    // Where the test has its own workers, or none, it is the test that knows whether bells are heard.
    if (worker !== null && (await db.outbox.count({ where: { leadId } })) > 0) return false;
    const process = await client.workflow
      .getHandle(leadId)
      .describe()
      .catch(() => null);
    if (process !== null && isAtWork(process)) return false;
    return (await db.lead.count({ where: { id: leadId, nextDueAt: { lte: new Date(atMs) } } })) === 0;
  };
  /** A process that is busy is soon through: a turn writes what is due next. Not waited for without end: some leads cannot go on. */
  const untilAtRest = async (leadId: string, atMs = 0): Promise<void> => {
    // The time of a machine that stands still counts little here, too.
    for (let waitedMs = 0; waitedMs < MOST_TO_BE_DONE_MS;) {
      const since = Date.now();
      if (await isAtRest(leadId, atMs)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
      waitedMs += Math.min(Date.now() - since, MOST_OF_A_LOOK_AT_DUE_MS);
    }
  };
  const engine = {
    env,
    config,
    database,
    db,
    store,
    sink,
    client,
    relay,
    bulkRuns,
    broadcasts,
    newsletters,
    commands,
    taskQueue,
    deps,
    get playbook() {
      return rules.current().playbook;
    },
    submit: async (submission: Partial<LeadSubmission> & { email?: string }): Promise<string> => {
      const { leadId, ringIds } = await submitLead(store, {
        how: 'form',
        consent: { text: 'Yes, send me tips', source: 'test form' },
        ...submission,
      });
      relay.ring(ringIds);
      name(leadId);
      return leadId;
    },
    record: async (...events: EventInput[]) => {
      const result = await createEventRecorder(store)(events);
      relay.ring(result.ringIds);
      return result.items;
    },
    /**
     * Lets that much virtual time pass for a lead: "3 days". Then what fell due has been done, unless the lead cannot go on. A bell on its
     * way is heard first: otherwise the time that it asks for could have passed before its process knows.
     */
    forward: async (leadId: string, span: string): Promise<number> => {
      const parsed = parseSpan(span);
      if (parsed === null) throw new Error(`not a span: ${span}`);
      await untilAtRest(leadId);
      const { nowMs } = await fastForward(leadId, spanToMs(parsed));
      await untilAtRest(leadId, nowMs);
      return nowMs;
    },
    lead: (leadId: string) => db.lead.findUniqueOrThrow({ where: { id: name(leadId) } }),
    /** Stops the process of a lead at a named point, the first time that it comes there from now on. */
    stopAt: (point: RacePoint, email: string): Stop =>
      stopAt(point, async (id) => (await db.lead.count({ where: { id, email } })) > 0),
    handle: (leadId: string) => client.workflow.getHandle(name(leadId)),
    /** Resolves when a look at the lead satisfies; for what happens soon after a signal. Gives up with where the leads stand. */
    until: async <T>(look: () => Promise<T>, isSo: (value: T) => boolean, timeoutMs = PATIENCE_MS): Promise<T> => {
      // A machine that stands still (a disk that is flushed) takes the servers along: a look that takes long counts little.
      for (let waitedMs = 0; ;) {
        const since = Date.now();
        const value = await look();
        if (isSo(value)) return value;
        if (waitedMs > timeoutMs) {
          const where = await whereabouts(db, client, [...named].slice(-LEADS_TOLD));
          throw new Error(`not so within ${timeoutMs} ms; last: ${json(value)}\n\n${where}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
        waitedMs += Math.min(Date.now() - since, MOST_OF_A_LOOK_MS);
      }
    },
    untilStage: (leadId: string, stage: string) =>
      engine.until(
        () => engine.lead(leadId),
        (lead) => lead.stage === stage,
      ),
    close: async (): Promise<void> => {
      await endAll(client, taskQueue);
      await relay.close();
      await bulkRuns.close();
      await broadcasts.close();
      await newsletters.close();
      await worker?.close();
      await closeDeps();
      await connection.close();
      await sink.close();
      await rules.close();
      await closeDb(db);
      await database.drop();
    },
  };
  return engine;
}

/** A worker in this process. The workflow code is bundled once for all of them. */
export async function startTestWorker(
  deps: ActivityDeps,
  temporal: { address: string; namespace: string },
  taskQueue: string,
): Promise<{ worker: Worker; close(): Promise<void> }> {
  if (!installed)
    Runtime.install({ logger: { log() {}, trace() {}, debug() {}, info() {}, warn: noisy, error: noisy } });
  installed = true;
  const { workflowsPath, bundlerOptions, ...rest } = workerOptions(deps);
  bundle ??= bundleWorkflowCode({
    workflowsPath,
    ...bundlerOptions,
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error },
  });
  const connection = await NativeConnection.connect({ address: temporal.address });
  const worker = await Worker.create({
    ...rest,
    workflowBundle: await bundle,
    connection,
    namespace: temporal.namespace,
    taskQueue,
    shutdownGraceTime: '5s',
  });
  const running = worker.run();
  running.catch((error: unknown) => console.error('worker failed', error));
  return {
    worker,
    close: async () => {
      worker.shutdown();
      await running.catch(() => undefined);
      await connection.close();
    },
  };
}

function noisy(message: string, meta?: unknown): void {
  if (process.env['LOG_LEVEL']) console.error(message, meta);
}

/** After each test file nothing may be left running. A server that is too busy to answer is asked again. */
async function endAll(client: Client, taskQueue: string): Promise<void> {
  const query = `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      for await (const { workflowId } of client.workflow.list({ query })) {
        await client.workflow
          .getHandle(workflowId)
          .terminate('the test is over')
          .catch(() => undefined);
      }
      return;
    } catch (error) {
      if (!isGrpcServiceError((error as Error).cause) || Date.now() > deadline) throw error;
    }
  }
}
