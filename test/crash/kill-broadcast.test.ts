/** kill -9 of the worker of a broadcast, in the middle of its mails: nobody gets it twice, nobody is left out. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Newsletter } from '../../src/domain/newsletter.ts';
import { publishRead } from '../../src/playbook/publish.ts';
import { scheduleId, syncSchedule } from '../../src/temporal/newsletter-schedules.ts';
import { workerOptions } from '../../src/activities/worker-options.ts';
import { changeBroadcast, findBroadcast, keepPreview, planBroadcast } from '../../src/store/broadcasts/broadcasts.ts';
import { previewBroadcast } from '../../src/store/broadcasts/preview.ts';
import { tellBroadcast } from '../../src/temporal/start-broadcast.ts';
import { seedKind } from '../broadcasts/many-leads.ts';
import { type Engine, startEngine, startTestWorker } from '../support/engine.ts';
import { type Fault, ISSUE_FAULTS, type IssueFault } from './worker-entry.ts';

const LEADS = 120;

let engine: Engine;
let folder: string;
let bundleFile: string;
beforeAll(async () => {
  engine = await startEngine({ worker: false });
  await engine.broadcasts.close();
  const { playbook, templates } = engine.deps.rules.current();
  const newsletters = Object.keys(ISSUE_FAULTS).map((newsletter): Newsletter => ({
    newsletter,
    template: 'plain',
    when: { source: newsletter },
    times: { dates: [1], months: [1], at: '09:00' },
    catchUp: { amount: 1, unit: 'days' },
  }));
  await publishRead({ playbook: { ...playbook, newsletters }, templates }, engine.db, { author: 'test' });
  folder = await mkdtemp(path.join(tmpdir(), 'nurture-crash-'));
  bundleFile = path.join(folder, 'workflows.js');
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
  const { workflowsPath, bundlerOptions } = workerOptions(engine.deps);
  const { code } = await bundleWorkflowCode({ workflowsPath, ...bundlerOptions, logger: quiet });
  await writeFile(bundleFile, code);
});
afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true, force: true });
});

async function begin(key: string): Promise<string> {
  const { db, deps, store } = engine;
  const { playbook, templates } = deps.rules.current();
  const hash = templates.get('plain')?.hash ?? '';
  const planned = await planBroadcast(db, {
    key,
    segment: null,
    audience: { when: { source: key }, segments: [] },
    topic: 'tips',
    variants: [{ key: 'a', template: 'plain', hash }],
    schedule: { kind: 'now' },
    rate: null,
    trial: null,
    again: false,
    by: 'test',
  });
  const { preview } = await previewBroadcast(db, planned, playbook, store.realNow());
  await keepPreview(db, planned.id, preview);
  await changeBroadcast(db, planned.id, 'running', { by: 'test' });
  return planned.id;
}

/** A worker that dies at the fault. */
function doomedWorker(fault: Fault | IssueFault, taskQueue: string): ChildProcess {
  return fork(path.join(import.meta.dirname, 'worker-entry.ts'), {
    env: {
      ...process.env,
      ...engine.env,
      TEMPORAL_TASK_QUEUE: taskQueue,
      FAULT: fault,
      // One in the middle: others are with the mail server by then.
      FAULT_ADDRESS: `${fault}-50@many.example`,
      WORKFLOW_BUNDLE: bundleFile,
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

test.concurrent.for<[Fault, string]>([
  ['before-commit', 'in the transaction that claims some of the messages'],
  ['claimed', 'with messages claimed and not handed over'],
  ['accepted', 'with messages that the mail server has, and no outcome'],
])('a worker that dies %s: %s', { timeout: 120_000 }, async ([fault]) => {
  const taskQueue = `${engine.taskQueue}-${fault}`;
  await seedKind(engine.db, { name: fault, source: fault, count: LEADS });
  const child = doomedWorker(fault, taskQueue);
  const ended = once(child, 'exit');
  await once(child, 'message');
  const id = await begin(fault);
  await tellBroadcast(engine.client, taskQueue, id);
  expect((await ended)[1]).toBe('SIGKILL');
  const healthy = await startTestWorker(engine.deps, engine.config.temporal, taskQueue);
  try {
    await engine.until(
      () => findBroadcast(engine.db, id),
      ({ status }) => status === 'done',
      90_000,
    );
  } finally {
    await healthy.close();
  }
  const sends = await engine.db.send.findMany({ where: { broadcastId: id }, include: { lead: true } });
  expect(sends).toHaveLength(LEADS);
  expect(await engine.db.broadcastRecipient.count({ where: { broadcastId: id } })).toBe(0);
  for (const { lead, status } of sends) {
    const mails = engine.sink.to(lead.email ?? '').length;
    expect(mails, `${lead.email} ${status}`).toBeLessThanOrEqual(1);
    // What may have left is in doubt and not repeated; the rest has left.
    expect(status === 'in_doubt' || (status === 'sent' && mails === 1), `${lead.email} ${status}`).toBe(true);
  }
  const doubted = sends.filter(({ status }) => status === 'in_doubt').length;
  if (fault === 'before-commit') expect(doubted).toBe(0);
  else expect(doubted).toBeGreaterThan(0);
  // What it handed over first was settled before it claimed more; how much it claimed next depends on the speed of the machine.
  expect(doubted).toBeLessThan(LEADS);
});

// After those above: five workers at once start slowly.
describe.concurrent('a newsletter', () => {
  test.for(Object.entries(ISSUE_FAULTS) as [IssueFault, string][])(
    'whose worker dies at %s: %s; the issue goes out once',
    { timeout: 120_000 },
    async ([fault]) => {
      const taskQueue = `${engine.taskQueue}-${fault}`;
      await seedKind(engine.db, { name: fault, source: fault, count: 5 });
      const child = doomedWorker(fault, taskQueue);
      const ended = once(child, 'exit');
      await once(child, 'message');
      // In a year: it fires because it is told to.
      const schedule = { cron: '0 9 1 1 *', timeZone: 'UTC', catchUpMs: 86_400_000 };
      await syncSchedule(engine.client, taskQueue, { newsletter: fault, schedule, isPaused: false });
      const handle = engine.client.schedule.getHandle(scheduleId(taskQueue, fault));
      await handle.trigger();
      expect((await ended)[1]).toBe('SIGKILL');
      const issues = (): Promise<{ status: string }[]> =>
        engine.db.broadcast.findMany({ where: { newsletter: fault }, select: { status: true } });
      expect(await issues()).toHaveLength(fault === 'issue-committed' ? 1 : 0);
      const healthy = await startTestWorker(engine.deps, engine.config.temporal, taskQueue);
      try {
        await engine.until(issues, ([issue]) => issue?.status === 'done', 90_000);
      } finally {
        await healthy.close();
        await handle.delete();
      }
      expect(await issues()).toHaveLength(1);
      for (let n = 1; n <= 5; n += 1) expect(engine.sink.to(`${fault}-${n}@many.example`)).toHaveLength(1);
    },
  );
});
