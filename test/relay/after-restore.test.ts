/** A database that is older than the processes: who would repeat something is held, who is known to Temporal alone is listed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { reconcileAfterRestore } from '../../src/relay/after-restore.ts';
import { createReconciler, type Reconciler } from '../../src/relay/reconciler.ts';
import type { Prisma } from '../../src/store/generated/client.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { LEAD_WORKFLOW } from '../../src/workflows/messages.ts';
import { workerOptions } from '../../src/activities/worker-options.ts';
import { playbookWith, QUICK } from '../crash/playbook.ts';
import type { Fault } from '../crash/worker-entry.ts';
import { MINUTE } from '../store/support.ts';
import { type Engine, startEngine, startTestWorker } from '../support/engine.ts';

let engine: Engine;
let reconciler: Reconciler;
let removePlaybook: () => Promise<void>;
let worker: Awaited<ReturnType<typeof startTestWorker>> | undefined;
/** One for each test; each with one mail sent and another to come in a while. */
let leads: string[];

const restore = () =>
  reconcileAfterRestore({
    db: engine.db,
    client: engine.client,
    namespace: engine.config.temporal.namespace,
    taskQueue: engine.taskQueue,
  });
const emailOf = (n: number) => `lead-${n}@restore.example`;
const setBack = (id: string, data: Prisma.LeadUncheckedUpdateInput) => engine.db.lead.update({ where: { id }, data });
const ago = (ms: number) => new Date(Date.now() - ms);
const attention = async (leadId: string) =>
  (await attentionPage(engine.db, { kind: 'all' }, null, null, 200)).filter((entry) => entry.leadId === leadId);

/** Ids of the bells that a process has heard. */
async function heard(leadId: string): Promise<string[]> {
  const { events } = await engine.handle(leadId).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const data = event.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0]?.data;
    return data ? (JSON.parse(new TextDecoder().decode(data)) as { outboxId: string }).outboxId : [];
  });
}

async function startWorker(): Promise<void> {
  worker = await startTestWorker(engine.deps, engine.config.temporal, engine.taskQueue);
}
async function stopWorker(): Promise<void> {
  await worker?.close();
  worker = undefined;
}

beforeAll(async () => {
  const playbook = await playbookWith({ slow: QUICK.replace(/wait: .*/, 'wait: 1 hour') });
  removePlaybook = playbook.remove;
  engine = await startEngine({ playbookDir: playbook.dir, worker: false });
  const { client, taskQueue, config } = engine;
  reconciler = createReconciler({
    db: engine.db,
    log: engine.deps.log,
    ring: engine.relay.ring,
    processes: { client, taskQueue, namespace: config.temporal.namespace },
    everyMs: 3_600_000,
  });
  await startWorker();
  leads = await Promise.all([0, 1, 2, 3].map((n) => engine.submit({ email: emailOf(n), source: 'quick' })));
  await Promise.all(leads.map((_, n) => engine.sink.waitFor(emailOf(n), 1)));
  for (const id of leads)
    await engine.until(
      () => engine.lead(id),
      ({ nextDueAt }) => (nextDueAt?.getTime() ?? 0) > Date.now(),
    );
  // The workflow has the answer of its last activity.
  await engine.until(
    () => Promise.all(leads.map((id) => engine.handle(id).query<{ next: { dueAtMs?: number } } | null>('state'))),
    (states) => states.every((state) => (state?.next.dueAtMs ?? 0) > Date.now()),
  );
  await stopWorker();
});
afterEach(stopWorker);
afterAll(async () => {
  await reconciler?.close();
  await engine?.close();
  await removePlaybook?.();
});

test('a database that is as recent as the processes is not changed', async () => {
  // Temporal's list is a moment behind.
  const restored = await engine.until(restore, ({ compared }) => compared === 4);
  expect(restored).toMatchObject({ held: [], unknown: [] });
});

test('a link in a mail sent after the backup never leads to the address of another link', async () => {
  const before = await engine.db.link.create({ data: { url: 'https://shop.example/before' } });
  await restore();
  const after = await engine.db.link.create({ data: { url: 'https://shop.example/after' } });
  expect(after.id - before.id).toBeGreaterThan(100_000);
});

test('a lead whose restored row is behind its process is held and sends nothing until it is resumed', async () => {
  const [, id = ''] = leads;
  const email = emailOf(1);
  await engine.db.send.deleteMany({ where: { leadId: id } });
  const enrollment = await engine.db.enrollment.findFirstOrThrow({ where: { leadId: id } });
  await engine.db.enrollment.update({ where: { id: enrollment.id }, data: { stepId: 'one', dueAt: ago(MINUTE) } });
  await setBack(id, { nextDueAt: ago(MINUTE) });
  // The process heard this bell after the backup: it passes over it when it rings by that id again.
  const [bell = ''] = await heard(id);
  await engine.db.outbox.create({ data: { id: bell, leadId: id, reason: 'submitted', deliveredAt: ago(MINUTE) } });
  const { held } = await restore();
  expect(held).toMatchObject([
    { leadId: id, reason: expect.stringMatching(/^RESTORED: .*older.*nurturing/) as string },
  ]);
  expect(await attention(id)).toMatchObject([{ kind: 'held', reason: held[0]?.reason }]);
  expect((await restore()).held).toEqual([]);
  await startWorker();
  await engine.until(
    () => engine.handle(id).query<{ next: { kind: string } }>('state'),
    (state) => state.next.kind === 'stopped',
  );
  await engine.until(
    () => engine.db.outbox.count({ where: { leadId: id } }),
    (count) => count === 0,
  );
  expect(engine.sink.to(email)).toHaveLength(1);
  const command = { kind: 'resume', commandId: 'cmd-restored', actor: { kind: 'system' } } as const;
  expect(await engine.commands.execute(id, command)).toMatchObject({ ok: true });
  // By the operator's word: nobody can know that it was sent before.
  await engine.sink.waitFor(email, 2);
  // Nothing is under way when the worker stops: the tests that follow would find this lead in doubt.
  await engine.until(
    () => engine.handle(id).query<{ next: { dueAtMs?: number } }>('state'),
    ({ next }) => (next.dueAtMs ?? 0) > Date.now(),
  );
});

test('a lead that moved on and came back to the same step is held as well', async () => {
  const [, , id = ''] = leads;
  await setBack(id, { updatedAt: ago(10 * MINUTE) });
  expect((await restore()).held.map(({ leadId }) => leadId)).toEqual([id]);
});

test('a lead whose process ended later than the database knows is held', async () => {
  const [, , , id = ''] = leads;
  await engine.handle(id).terminate('as if it had ended');
  await setBack(id, { nextDueAt: ago(MINUTE) });
  await engine.until(restore, ({ held }) => held.some(({ leadId }) => leadId === id));
  expect((await engine.lead(id)).heldReason).toMatch(/^RESTORED/);
});

test('a lead whose mail was on its way when its worker died is held', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'nurture-restore-'));
  try {
    const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
    const { workflowsPath, bundlerOptions } = workerOptions(engine.deps);
    const { code } = await bundleWorkflowCode({ workflowsPath, ...bundlerOptions, logger: quiet });
    const env = {
      ...process.env,
      ...engine.env,
      TEMPORAL_TASK_QUEUE: engine.taskQueue,
      FAULT: 'claimed' satisfies Fault,
      FAULT_ADDRESS: emailOf(9),
      WORKFLOW_BUNDLE: path.join(folder, 'workflows.js'),
    };
    await writeFile(env.WORKFLOW_BUNDLE, code);
    const entry = path.join(import.meta.dirname, '..', 'crash', 'worker-entry.ts');
    const child = fork(entry, { env, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const ended = once(child, 'exit');
    await once(child, 'message');
    const id = await engine.submit({ email: emailOf(9), source: 'quick' });
    expect((await ended)[1]).toBe('SIGKILL');
    // As in a backup from before the claim.
    await engine.db.send.deleteMany({ where: { leadId: id } });
    const { held } = await engine.until(restore, (one) => one.held.length > 0);
    expect(held).toMatchObject([
      { leadId: id, reason: expect.stringMatching(/^RESTORED: something was under way/) as string },
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a process without a lead is listed while it runs, by the reconciler too; one that has ended, after the restore', async () => {
  const start = (workflowId: string) =>
    engine.client.workflow.start(LEAD_WORKFLOW, {
      workflowId,
      taskQueue: engine.taskQueue,
      args: [{ leadId: workflowId }],
    });
  const suffix = engine.taskQueue.slice(-12);
  const [running, over] = await Promise.all([start(`lead-running-${suffix}`), start(`lead-over-${suffix}`)]);
  await engine.until(
    () => reconciler.runNow(),
    ({ unknown }) => unknown === 2,
  );
  expect(await attention(running.workflowId)).toMatchObject([{ kind: 'finding', ref: 'unknown-lead' }]);
  await over.terminate('as if it had ended');
  await engine.until(
    () => reconciler.runNow(),
    ({ unknown, resolved }) => unknown === 1 && resolved <= 1,
  );
  await engine.until(
    () => attention(over.workflowId),
    (entries) => entries.length === 0,
  );
  const { unknown } = await engine.until(restore, (one) => one.unknown.length === 2);
  expect(unknown.map(({ leadId }) => leadId).toSorted()).toEqual([over.workflowId, running.workflowId].toSorted());
  expect(await attention(over.workflowId)).toMatchObject([{ kind: 'finding', ref: 'lost-lead' }]);
  await reconciler.runNow();
  expect(await attention(over.workflowId)).toHaveLength(1);
  await running.terminate('seen to');
  await engine.until(
    async () => (await reconciler.runNow(), await attention(running.workflowId)),
    (entries) => entries.length === 0,
  );
});
