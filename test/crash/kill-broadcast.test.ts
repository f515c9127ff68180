/** kill -9 of the worker of a broadcast, in the middle of its mails: nobody gets it twice, nobody is left out. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeInTrial } from '../../src/domain/broadcast-trial.ts';
import type { Newsletter } from '../../src/domain/newsletter.ts';
import { publishRead } from '../../src/playbook/publish.ts';
import { scheduleId, syncSchedule } from '../../src/temporal/newsletter-schedules.ts';
import { gatherNext } from '../../src/activities/broadcast/gather.ts';
import { runLane } from '../../src/activities/broadcast/lane.ts';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import { createTransport } from '../../src/email/transport.ts';
import { workerOptions } from '../../src/activities/worker-options.ts';
import { changeBroadcast, findBroadcast, keepPreview, planBroadcast } from '../../src/store/broadcasts/broadcasts.ts';
import { previewBroadcast } from '../../src/store/broadcasts/preview.ts';
import { tellBroadcast } from '../../src/temporal/start-broadcast.ts';
import { liftRefusal } from '../../src/store/lift-refusal.ts';
import { seedKind } from '../broadcasts/many-leads.ts';
import { type Script, startScripted } from '../email/smtp-servers.ts';
import { type Engine, startEngine, startTestWorker } from '../support/engine.ts';
import { BROADCAST_FAULTS, type BroadcastFault, type Fault, ISSUE_FAULTS, type IssueFault } from './worker-entry.ts';

const LEADS = 120;
const OTHER = { key: 'b', template: 'plain', subject: 'Other words' };

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

async function begin(key: string, isTrial = false): Promise<string> {
  const { db, deps, store } = engine;
  const { playbook, templates } = deps.rules.current();
  const hash = templates.get('plain')?.hash ?? '';
  const planned = await planBroadcast(db, {
    key,
    segment: null,
    audience: { when: { source: key }, segments: [] },
    topic: 'tips',
    variants: [{ key: 'a', template: 'plain', hash }, ...(isTrial ? [{ ...OTHER, hash }] : [])],
    schedule: { kind: 'now' },
    rate: null,
    trial: isTrial ? { share: 0.5, forMs: 1_000, by: 'clicks', ifUnclear: 'first' } : null,
    again: false,
    by: 'test',
  });
  const { preview } = await previewBroadcast(db, planned, playbook, store.realNow());
  await keepPreview(db, planned.id, preview);
  await changeBroadcast(db, planned.id, 'running', { by: 'test' });
  return planned.id;
}

/** A worker that dies at the fault. */
function doomedWorker(fault: Fault | IssueFault | BroadcastFault, taskQueue: string): ChildProcess {
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
  ['in-data', 'in the middle of a message'],
  ['accepted', 'with messages that the mail server has, and no outcome'],
  ['settled', 'with the outcomes of some messages written, and the activity not answered'],
])('a worker that dies %s: %s', { timeout: 300_000 }, async ([fault]) => {
  const taskQueue = `${engine.taskQueue}-${fault}`;
  await seedKind(engine.db, { name: fault, source: fault, count: LEADS });
  const child = doomedWorker(fault, taskQueue);
  const ended = once(child, 'exit');
  if (fault === 'in-data') void engine.sink.begins(`${fault}-50@many.example`).then(() => child.kill('SIGKILL'));
  await once(child, 'message');
  const id = await begin(fault);
  await tellBroadcast(engine.client, taskQueue, id);
  expect((await ended)[1]).toBe('SIGKILL');
  const fatal = await engine.db.send.findMany({
    where: { broadcastId: id, lead: { email: `${fault}-50@many.example` } },
    select: { status: true },
  });
  expect(fatal).toEqual(fault === 'before-commit' ? [] : [{ status: fault === 'settled' ? 'sent' : 'claimed' }]);
  const healthy = await startTestWorker(engine.deps, engine.config.temporal, taskQueue);
  try {
    await engine.until(
      () => findBroadcast(engine.db, id),
      ({ status }) => status === 'done',
      150_000,
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
  // Of those whose outcome is written none is in doubt; the other lane's may be with the mail server.
  else if (fault !== 'settled') expect(doubted).toBeGreaterThan(0);
  // What it handed over first was settled before it claimed more; how much it claimed next depends on the speed of the machine.
  expect(doubted).toBeLessThan(LEADS);
});

// After those above: five workers at once start slowly.
describe.concurrent('a broadcast', () => {
  test.for(Object.entries(BROADCAST_FAULTS) as [BroadcastFault, string][])(
    'whose worker dies at %s: %s; nobody gets it twice, nor other words than those that are for them',
    { timeout: 300_000 },
    async ([fault]) => {
      const taskQueue = `${engine.taskQueue}-${fault}`;
      await seedKind(engine.db, { name: fault, source: fault, count: LEADS });
      const child = doomedWorker(fault, taskQueue);
      const ended = once(child, 'exit');
      await once(child, 'message');
      const id = await begin(fault, fault !== 'gathering');
      await tellBroadcast(engine.client, taskQueue, id);
      expect((await ended)[1]).toBe('SIGKILL');
      const left = await findBroadcast(engine.db, id);
      expect([left.total, left.winner]).toEqual(
        { gathering: [null, null], won: [LEADS, 'a'] }[fault as string] ?? [LEADS, null],
      );
      const healthy = await startTestWorker(engine.deps, engine.config.temporal, taskQueue);
      try {
        await engine.until(
          () => findBroadcast(engine.db, id),
          ({ status }) => status === 'done',
          150_000,
        );
      } finally {
        await healthy.close();
      }
      const { variants, trial } = await findBroadcast(engine.db, id);
      const sends = await engine.db.send.findMany({ where: { broadcastId: id }, include: { lead: true } });
      expect(sends).toHaveLength(LEADS);
      expect(await engine.db.broadcastRecipient.count({ where: { broadcastId: id } })).toBe(0);
      for (const { lead, status, variant } of sends) {
        expect(status).toBe('sent');
        // The rest gets the first, as nobody clicked.
        expect(variant).toBe(placeInTrial(id, lead.id, variants, trial).variant ?? 'a');
        expect(engine.sink.to(lead.email ?? '').map(({ subject }) => subject === OTHER.subject)).toEqual([
          variant === 'b',
        ]);
      }
    },
  );
});

// And after these.
describe.concurrent('a newsletter', () => {
  test.for(Object.entries(ISSUE_FAULTS) as [IssueFault, string][])(
    'whose worker dies at %s: %s; the issue goes out once',
    { timeout: 300_000 },
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
        await engine.until(issues, ([issue]) => issue?.status === 'done', 150_000);
      } finally {
        await healthy.close();
        await handle.delete();
      }
      expect(await issues()).toHaveLength(1);
      for (let n = 1; n <= 5; n += 1) expect(engine.sink.to(`${fault}-${n}@many.example`)).toHaveLength(1);
    },
  );
});

/** What the mail server does to each message, and what becomes of it; what certainly did not leave is sent a little later. */
const ANSWERS: readonly [string, Script, 'sent' | 'failed' | 'in_doubt'][] = [
  ['refuses-connections', { greeting: 'drop' }, 'sent'],
  ['421-greeting', { greeting: '421 4.3.2 not now' }, 'sent'],
  ['hangs-at-mail', { mail: 'hang' }, 'sent'],
  ['450-rcpt', { rcpt: '450 4.2.1 later' }, 'sent'],
  ['550-rcpt', { rcpt: '550 5.1.1 no such user' }, 'failed'],
  ['drops-at-data', { data: 'drop' }, 'sent'],
  ['drops-in-message', { body: 'drop' }, 'in_doubt'],
  ['421-dot', { dot: '421 4.3.2 closing' }, 'sent'],
  ['450-dot', { dot: '450 4.2.0 later' }, 'sent'],
  // About us, and a full mailbox: neither says that the address is wrong.
  ['550-dot-of-us', { dot: '550 5.7.1 not from you' }, 'sent'],
  ['552-dot', { dot: '552 5.2.2 over quota' }, 'sent'],
  ['550-dot', { dot: '550 5.1.1 no such user' }, 'failed'],
  ['drops-after-dot', { dot: 'drop' }, 'in_doubt'],
  ['hangs-after-dot', { dot: 'hang' }, 'in_doubt'],
];

test.concurrent.for(ANSWERS)('a mail server that %s', async ([key, script, status]) => {
  await seedKind(engine.db, { name: key, source: key, count: 3, domain: `${key}.example` });
  const id = await begin(key);
  while ((await gatherNext(engine.deps, id, Date.now())) === 'more');
  const server = await startScripted(script);
  // Only one that hangs is given up.
  const transport = createTransport(server.url, Object.values(script).includes('hang') ? { socketTimeout: 5_000 } : {});
  const run = (deps: ActivityDeps, laterMs: number): Promise<void> =>
    runLane({
      deps,
      broadcastId: id,
      clock: () => Date.now() + laterMs,
      untilMs: Infinity,
      signal: new AbortController().signal,
      handOver: pLimit(20),
    });
  await run({ ...engine.deps, mail: { ...engine.deps.mail, transport } }, 0);
  await transport.close();
  await server.close();
  // A server that refuses us holds back all of its domain, until somebody says that the cause is mended.
  await liftRefusal(engine.db, `${key}.example`, { by: 'test', rate: 1 });
  await run(engine.deps, 600_000);
  const sends = await engine.db.send.findMany({ where: { broadcastId: id }, include: { lead: true } });
  expect(sends.map((send) => send.status)).toEqual([status, status, status]);
  expect(await engine.db.broadcastRecipient.count({ where: { broadcastId: id } })).toBe(0);
  for (const { lead } of sends) {
    const address = lead.email ?? '';
    expect(engine.sink.to(address)).toHaveLength(status === 'sent' ? 1 : 0);
    // A message that it took and answered with an error was not accepted.
    const taken = status === 'in_doubt' ? server.received.filter((raw) => raw.includes(address)).length : 0;
    expect(taken).toBeLessThanOrEqual(1);
  }
});
