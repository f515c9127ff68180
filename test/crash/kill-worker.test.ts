/** kill -9 of a worker at every place around the hand-over of a mail: at most one mail, the row says what is known, the lead goes on. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import proto from '@temporalio/proto';
import { bundleWorkflowCode } from '@temporalio/worker';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRelay } from '../../src/relay/relay.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { type LeadSubmission, submitLead } from '../../src/store/capture/submit-lead.ts';
import { workerOptions } from '../../src/activities/worker-options.ts';
import { type Engine, startEngine, startTestWorker } from '../support/engine.ts';
import { playbookWith, QUICK } from './playbook.ts';
import { type Fault, FAULTS } from './worker-entry.ts';

const { TIMEOUT_TYPE_HEARTBEAT } = proto.temporal.api.enums.v1.TimeoutType;

let engine: Engine;
let folder: string;
let bundleFile: string;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const playbook = await playbookWith({ quick: QUICK });
  cleanUp.push(playbook.remove);
  engine = await startEngine({ playbookDir: playbook.dir, worker: false });
  cleanUp.push(engine.close);
  await engine.relay.close();
  folder = await mkdtemp(path.join(tmpdir(), 'nurture-crash-'));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  bundleFile = path.join(folder, 'workflows.js');
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
  const { workflowsPath, bundlerOptions } = workerOptions(engine.deps);
  const { code } = await bundleWorkflowCode({ workflowsPath, ...bundlerOptions, logger: quiet });
  await writeFile(bundleFile, code);
});
afterAll(async () => {
  for (const clean of cleanUp.toReversed()) await clean();
});

/** A lead on a queue of its own, that a worker takes up and dies at; then one that lives takes over. */
interface Options {
  email: string;
  /** The requests that come in before the worker looks. */
  requests: Partial<LeadSubmission>[];
  /** End of the address at whose mail the worker dies; the lead's without it. */
  dieAt?: string;
  /** Key of the template of that mail; any without it. */
  template?: string;
}

/** Here each lead has a queue of its own. A sweep for another lead's queue must not find what has come in and is not rung yet. */
const oneAtATime = pLimit(1);
const NEVER_MS = 3_600_000;

async function crash(fault: Fault, { email, requests, dieAt = email, template }: Options) {
  const taskQueue = `${engine.taskQueue}-${email}`;
  const relay = await oneAtATime(async () => {
    const { db, client, deps } = engine;
    const made = createRelay({ db, client, taskQueue, rules: deps.rules, log: deps.log, sweepEveryMs: NEVER_MS });
    await made.sweepNow();
    return made;
  });
  const env = {
    ...process.env,
    ...engine.env,
    TEMPORAL_TASK_QUEUE: taskQueue,
    FAULT: fault,
    FAULT_ADDRESS: dieAt,
    ...(template === undefined ? {} : { FAULT_TEMPLATE: template }),
    WORKFLOW_BUNDLE: bundleFile,
  };
  const child: ChildProcess = fork(path.join(import.meta.dirname, 'worker-entry.ts'), {
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = once(child, 'exit');
  if (fault === 'in-data') void engine.sink.begins(dieAt).then(() => child.kill('SIGKILL'));
  await once(child, 'message');
  const consent = { text: 'Yes', source: 'test' };
  const leadId = await oneAtATime(async () => {
    const submitted = [];
    for (const request of requests)
      submitted.push(await submitLead(engine.store, { email, how: 'form', consent, ...request }));
    relay.ring(submitted.flatMap(({ ringIds }) => ringIds));
    return submitted[0]?.leadId ?? '';
  });
  expect((await ended)[1]).toBe('SIGKILL');
  const healthy = await startTestWorker(engine.deps, engine.config.temporal, taskQueue);
  const close = async (): Promise<void> => {
    await relay.close();
    await engine.client.workflow
      .getHandle(leadId)
      .terminate()
      .catch(() => undefined);
    await healthy.close();
  };
  return { leadId, close };
}

const sendsOf = (leadId: string, stepId: string | null) => engine.db.send.findMany({ where: { leadId, stepId } });
const inDoubt = async (leadId: string) => {
  const page = await attentionPage(engine.db, { kind: 'all' }, 'send-in-doubt', null, 200);
  return page.filter((entry) => entry.leadId === leadId);
};

/** Why activities of the lead's process were tried again. */
async function timeoutsOf(leadId: string): Promise<unknown[]> {
  const { events } = await engine.handle(leadId).fetchHistory();
  return (events ?? []).flatMap(
    (event) => event.activityTaskStartedEventAttributes?.lastFailure?.timeoutFailureInfo?.timeoutType ?? [],
  );
}

/** What must be so for the first mail of the cadence, by where the worker died. */
const EXPECTED: Record<Fault, { mails: number; status: string }> = {
  'before-commit': { mails: 1, status: 'sent' },
  claimed: { mails: 0, status: 'in_doubt' },
  'in-data': { mails: 0, status: 'in_doubt' },
  accepted: { mails: 1, status: 'in_doubt' },
  settled: { mails: 1, status: 'sent' },
};

describe.concurrent('a worker that dies by SIGKILL', () => {
  for (const fault of Object.keys(FAULTS) as Fault[]) {
    test(`${FAULTS[fault]}: the mail leaves once at most, and the cadence goes on`, { timeout: 240_000 }, async () => {
      const { mails, status } = EXPECTED[fault];
      const email = `${fault}@crash.example`;
      const { leadId, close } = await crash(fault, { email, requests: [{ source: 'quick' }] });
      try {
        await engine.until(
          () => sendsOf(leadId, 'two'),
          ([send]) => send?.status === 'sent',
          150_000,
        );
        // Noticed by the missing heartbeat, long before the activity's own time is up.
        expect([...new Set(await timeoutsOf(leadId))]).toEqual([TIMEOUT_TYPE_HEARTBEAT]);
        expect(await sendsOf(leadId, 'one')).toMatchObject([{ status }]);
        expect(engine.sink.to(email)).toHaveLength(mails + 1);
        expect(await inDoubt(leadId)).toHaveLength(status === 'in_doubt' ? 1 : 0);
        const lead = await engine.untilStage(leadId, 'dormant');
        expect(lead.heldAt).toBeNull();
        await engine.until(
          () => engine.db.outbox.count({ where: { leadId } }),
          (count) => count === 0,
        );
        expect(await engine.db.enrollment.count({ where: { leadId } })).toBe(1);
        await engine.handle(leadId).result();
      } finally {
        await close();
      }
    });
  }

  test(
    'between the offer and the brief: the rep keeps the lead, the brief is in doubt, and the reminder still comes',
    { timeout: 240_000 },
    async () => {
      const { leadId, close } = await crash('claimed', {
        email: 'offer@crash.example',
        requests: [{ source: 'drip', event: { type: 'demo.requested' } }],
        dieAt: '@sales.example',
      });
      try {
        const [brief] = await engine.until(
          () => sendsOf(leadId, null),
          ([send]) => send?.status === 'in_doubt',
          150_000,
        );
        expect(await inDoubt(leadId)).toMatchObject([{ ref: brief?.id }]);
        const assignments = await engine.db.assignment.findMany({ where: { leadId }, include: { rep: true } });
        expect(assignments).toMatchObject([{ status: 'offered', briefDueAt: null }]);
        await engine.until(
          () => engine.lead(leadId),
          (lead) => lead.nextSummary?.includes('remind the rep') === true,
        );
        const rep = assignments[0]?.rep.email ?? '';
        await engine.forward(leadId, '130 minutes');
        // The rep gets mails of the other tests too.
        const reminders = () => engine.sink.to(rep).filter((mail) => mail.text.includes('offer@crash.example'));
        const reminded = await engine.until(
          () => Promise.resolve(reminders()),
          (mails) => mails.length > 0,
        );
        expect(reminded).toHaveLength(1);
        expect(engine.sink.to('offer@crash.example')).toHaveLength(0);
        expect(await engine.db.assignment.count({ where: { leadId } })).toBe(1);
      } finally {
        await close();
      }
    },
  );

  // The buyer is with a rep at once, and the rep is to be told of two further requests.
  const askedThrice = [
    { source: 'drip', enterAt: { stage: 'opportunity' as const } },
    { campaign: 'second' },
    { campaign: 'third' },
  ];
  const atNotice = { requests: askedThrice, dieAt: '@sales.example', template: 'rep-request-added' };

  test('at a mail that tells a rep of requests: it is in doubt and not repeated', { timeout: 240_000 }, async () => {
    const { leadId, close } = await crash('claimed', { email: 'notice@crash.example', ...atNotice });
    try {
      const keys = { leadId, key: { startsWith: 'touch:' } };
      const sends = await engine.until(
        () => engine.db.send.findMany({ where: keys }),
        ([send]) => send?.status === 'in_doubt',
        150_000,
      );
      expect(sends).toHaveLength(1);
      expect(await inDoubt(leadId)).toMatchObject([{ ref: sends[0]?.id }]);
      await engine.handle(leadId).result();
      expect(await engine.db.send.count({ where: keys })).toBe(1);
      const waiting = { OR: [{ handledAt: null }, { untoldTo: { not: null } }] };
      expect(await engine.db.touch.count({ where: { leadId, ...waiting } })).toBe(0);
    } finally {
      await close();
    }
  });

  test(
    'before that mail is claimed for good: the next attempt tells of every request, once',
    { timeout: 240_000 },
    async () => {
      const { leadId, close } = await crash('before-commit', { email: 'unclaimed@crash.example', ...atNotice });
      try {
        await engine.until(
          () => engine.db.send.findMany({ where: { leadId, key: { startsWith: 'touch:' } } }),
          (sends) => sends.length === 1 && sends[0]?.status === 'sent',
          150_000,
        );
        const mails = engine.sink.mails.filter(({ subject }) => subject.endsWith('has asked again, 2 times'));
        expect(mails).toHaveLength(1);
        for (const campaign of ['second', 'third']) expect(mails[0]?.text).toContain(campaign);
      } finally {
        await close();
      }
    },
  );
});
