/** A process that was terminated, never heard its bell, or is wedged: found, rung, written down, and resolved when it has healed. */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createReconciler, type Reconciler } from '../../src/relay/reconciler.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { type Engine, startEngine, startTestWorker } from '../support/engine.ts';
import { playbookWith, QUICK } from './playbook.ts';

/** Its second mail is not due before the test says so, however slow the machine is. */
const SLOW = QUICK.replace('0.1 minutes', '1 hour').replace('source: quick', 'source: slow');

let engine: Engine;
let reconciler: Reconciler;
let removePlaybook: () => Promise<void>;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const playbook = await playbookWith({ slow: SLOW });
  removePlaybook = playbook.remove;
  engine = await startEngine({ playbookDir: playbook.dir, worker: false });
});
beforeEach(() => {
  // Works when it is told to; a second late is late.
  reconciler = createReconciler({
    db: engine.db,
    log: engine.deps.log,
    ring: engine.relay.ring,
    graceMs: 1_000,
    everyMs: 3_600_000,
  });
  cleanUp.push(reconciler.close);
});
afterEach(async () => {
  for (const clean of cleanUp.splice(0).toReversed()) await clean();
});
afterAll(async () => {
  await engine?.close();
  await removePlaybook?.();
});

async function healthyWorker(): Promise<void> {
  const worker = await startTestWorker(engine.deps, engine.config.temporal, engine.taskQueue);
  cleanUp.push(worker.close);
}

async function wedgedWorker(): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: engine.config.temporal.address });
  const worker = await Worker.create({
    connection,
    namespace: engine.config.temporal.namespace,
    taskQueue: engine.taskQueue,
    workflowsPath: fileURLToPath(new URL('wedged-workflow.ts', import.meta.url)),
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}

const findings = (leadId: string) => engine.db.finding.findMany({ where: { leadId } });
const attention = async (leadId: string) => {
  const page = await attentionPage(engine.db, { kind: 'all' }, 'finding', null, 200);
  return page.filter((entry) => entry.leadId === leadId).map(({ ref }) => ref);
};
/** Lets the reconciler look until it has found something wrong. */
const untilFound = (kind: 'overdue' | 'unacknowledged') =>
  engine.until(
    () => reconciler.runNow(),
    (pass) => pass[kind] > 0,
    30_000,
  );
const untilResolved = (leadId: string) =>
  engine.until(
    async () => (await reconciler.runNow(), await findings(leadId)),
    (rows) => rows.length > 0 && rows.every(({ resolvedAt }) => resolvedAt !== null),
    30_000,
  );

test('a terminated process is started again when its next step is overdue', async () => {
  await healthyWorker();
  const email = 'terminated@heal.example';
  const leadId = await engine.submit({ email, source: 'slow' });
  await engine.sink.waitFor(email, 1);
  await engine.until(
    () => engine.lead(leadId),
    (lead) => (lead.nextDueAt?.getTime() ?? 0) > Date.now(),
  );
  await engine.handle(leadId).terminate('by mistake');
  // The hour is over.
  const dueAt = new Date();
  await engine.db.enrollment.updateMany({ where: { leadId }, data: { dueAt } });
  await engine.db.lead.update({ where: { id: leadId }, data: { nextDueAt: dueAt } });
  await untilFound('overdue');
  expect(await findings(leadId)).toMatchObject([{ kind: 'overdue', resolvedAt: null, count: 1 }]);
  expect(await attention(leadId)).toEqual(['overdue']);
  await engine.sink.waitFor(email, 2);
  await engine.untilStage(leadId, 'dormant');
  await untilResolved(leadId);
  expect(await attention(leadId)).toEqual([]);
  expect(engine.sink.to(email)).toHaveLength(2);
  await engine.until(
    () => engine.db.outbox.count({ where: { leadId } }),
    (count) => count === 0,
  );
});

test('a bell is rung again when the process ended before it heard it', async () => {
  const email = 'unheard@heal.example';
  const leadId = await engine.submit({ email, source: 'drip' });
  await engine.until(
    () => engine.db.outbox.findFirst({ where: { leadId } }),
    (row) => row !== null && row.deliveredAt !== null,
  );
  await engine.handle(leadId).terminate('before anybody heard');
  await healthyWorker();
  expect(engine.sink.to(email)).toHaveLength(0);
  await untilFound('unacknowledged');
  expect(await attention(leadId)).toEqual(['unacknowledged']);
  await engine.sink.waitFor(email, 1);
  await untilResolved(leadId);
  expect(engine.sink.to(email)).toHaveLength(1);
  expect(await engine.db.need.count({ where: { leadId } })).toBe(1);
});

test('a wedged process stays visible until a worker without the defect takes over', async () => {
  const endWedged = await wedgedWorker();
  const email = 'wedged@heal.example';
  const leadId = await engine.submit({ email, source: 'drip' });
  await untilFound('unacknowledged');
  // Rung once more, and still nobody hears: it is found again, and stays open.
  await engine.until(
    async () => (await reconciler.runNow(), await findings(leadId)),
    ([row]) => (row?.count ?? 0) >= 2,
    30_000,
  );
  expect(await findings(leadId)).toMatchObject([{ kind: 'unacknowledged', resolvedAt: null }]);
  expect(await attention(leadId)).toEqual(['unacknowledged']);
  expect((await engine.handle(leadId).describe()).status.name).toBe('RUNNING');
  await endWedged();
  await healthyWorker();
  await engine.sink.waitFor(email, 1, 120_000);
  await untilResolved(leadId);
  expect(await attention(leadId)).toEqual([]);
  expect(engine.sink.to(email)).toHaveLength(1);
});
