/**
 * Five hundred leads in a cadence with steps of every kind go through three revisions and a pause: none is lost, none gets a mail,
 * a webhook or a task twice, and each stands where the plan said.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { moveLeads } from '../../src/playbook/follow.ts';
import { planPublish } from '../../src/playbook/plan.ts';
import { publish, toPublish } from '../../src/playbook/publish.ts';
import { readFolders } from '../../src/playbook/read-folders.ts';
import { STEP_KINDS } from '../../src/steps/kinds.ts';
import { readRun } from '../../src/store/bulk/runs.ts';
import { pauseScope, resumeScope } from '../../src/store/pauses.ts';
import { playbookWith } from '../crash/playbook.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { type HookSink, startHookSink } from '../support/hook-sink.ts';

const LEADS = 500;
const AT_ONCE = 10;
/** A person who asks waits some seconds for a connection at most: more leads than these may not be before their first turn. */
const MOST_AHEAD = 50;
const FIXTURE = path.join(import.meta.dirname, '..', 'fixtures', 'playbook');
/** Long enough for a machine under load. */
const PATIENCE_MS = 600_000;
const TEST_MS = 1_500_000;

interface Times {
  wait: string;
  within: string;
}
const LONG: Times = { wait: '10 days', within: '20 days' };
const LONGER: Times = { wait: '10 days', within: '25 days' };
const OVER: Times = { wait: '0.02 minutes', within: '0.02 minutes' };

let engine: Engine;
let hooks: HookSink;
let folder: { dir: string; remove(): Promise<void> };

/** Germans stand before `looked`; the others before `two` if it is there, and before `four` if not. */
function cadence({ wait, within }: Times, hasTwo: boolean): string {
  return `name: Everything
enroll: { when: { source: everything } }
priority: 10
steps:
  - { id: one, email: plain }
  - { id: seen, set: { attributes.interest: pumps } }
  - id: arm
    split:
      - arm: talk
        weight: 50%
        steps:
          - { id: call, task: Call them, to: { team: south } }
      - arm: hook
        weight: 50%
        steps:
          - { id: hook, webhook: "${hooks.url}/many" }
  - id: way
    channel: preferred
    steps:
      - { id: by-mail, email: gift }
      - { id: by-rep, task: Write to them, to: { team: south } }
  - id: fork
    branch:
      - { when: { country: DE }, go: looked }
      - else: pause
  - { id: pause, wait: ${wait} }
${hasTwo ? '  - { id: two, email: other, next: rest }\n' : '  - { id: over, set: { attributes.way: short }, next: rest }\n'}  - { id: looked, waitFor: page.viewed, within: ${within} }
  - { id: three, email: deal }
  - { id: rest, wait: ${wait} }
  - { id: four, email: other }
  - { id: on, move: tail }
`;
}

const TAIL = `name: Tail\npriority: 10\nsteps:\n  - { id: bye, exit: through }\n`;

beforeAll(async () => {
  hooks = await startHookSink();
  const settings = await readFile(path.join(FIXTURE, 'settings.yaml'), 'utf8');
  folder = await playbookWith(
    { everything: cadence(LONG, true), tail: TAIL },
    // A lead goes on when its rep was told: here of each task at once.
    { 'settings.yaml': `${settings}notices: { gather: 0 minutes }\n` },
  );
  engine = await startEngine({ playbookDir: folder.dir });
});
afterAll(async () => {
  await engine?.close();
  await folder?.remove();
  hooks?.close();
});

/** Publishes with migration. Answers with what the plan said before: the leads by the step that they go to, and by what becomes of them. */
async function migrateTo(yaml: string): Promise<{ planned: Counts; became: Counts }> {
  await writeFile(path.join(folder.dir, 'cadences', 'everything.yaml'), yaml);
  const input = toPublish(await readFolders(engine.config));
  const { cadences } = await planPublish(engine.db, input, { mode: 'migrate', nowMs: Date.now() });
  const groups = cadences.find((one) => one.cadence === 'everything')?.groups ?? [];
  const { revision, runs } = await publish(engine.config, engine.db, {
    author: 'test',
    follow: (tx, all) => moveLeads(tx, all, { kind: 'migrate', cadence: 'everything', rate: 1_000, by: 'test' }),
  });
  await expect.poll(() => engine.store.rules.current().revision).toBe(revision);
  for (const run of runs) {
    engine.bulkRuns.tell(run);
    const done = await engine.until(
      () => readRun(engine.db, run),
      (row) => row?.status === 'done',
      PATIENCE_MS,
    );
    expect(done?.outcomes).toEqual(sums(groups.map(({ became, leads }) => [became, leads])));
  }
  return {
    planned: sums(groups.map(({ to, leads }) => [to ?? 'end', leads])),
    became: sums(groups.map(({ became, leads }) => [became, leads])),
  };
}

type Counts = Record<string, number>;

function sums(pairs: readonly (readonly [string, number])[]): Counts {
  const counts: Counts = {};
  for (const [name, count] of pairs) counts[name] = (counts[name] ?? 0) + count;
  return counts;
}

/** The leads that are in the cadence, each once, by the step that they stand before. */
async function standing(): Promise<Counts> {
  const rows = await engine.db.enrollment.findMany({
    where: { cadence: 'everything', status: 'active' },
    select: { leadId: true, stepId: true },
  });
  expect(new Set(rows.map(({ leadId }) => leadId)).size).toBe(rows.length);
  return sums(rows.map(({ stepId }) => [stepId ?? 'end', 1]));
}

const sendsOf = (status: 'sent' | 'claimed' | 'in_doubt') =>
  engine.db.send.count({ where: { status, audience: 'lead' } });

test('the cadence has a step of every kind', () => {
  const text = cadence(LONG, true) + TAIL;
  for (const { kind } of STEP_KINDS) expect(text).toMatch(new RegExp(`\\b${kind}:`));
});

test('500 leads in three revisions and a pause', { timeout: TEST_MS }, async () => {
  const countryOf = (n: number): string => (n % 2 === 0 ? 'DE' : 'NL');
  const addressOf = (n: number): string => `lead@many-${n}.example`;
  const ids: string[] = [];
  for (let n = 0; n < LEADS; n += AT_ONCE) {
    await engine.until(
      () => engine.db.enrollment.count(),
      (begun) => begun >= n - MOST_AHEAD,
      PATIENCE_MS,
    );
    const some = Array.from({ length: AT_ONCE }, (_, k) =>
      engine.submit({
        email: addressOf(n + k),
        source: 'everything',
        country: countryOf(n + k),
        // Tasks and webhooks reach a lead by phone.
        phone: `+4930${5_000_000 + n + k}`,
      }),
    );
    ids.push(...(await Promise.all(some)));
  }
  const first = { looked: LEADS / 2, two: LEADS / 2 };
  await engine.until(
    standing,
    (counts) => counts['looked'] === first.looked && counts['two'] === first.two,
    PATIENCE_MS,
  );

  const second = await migrateTo(cadence(LONGER, false));
  expect(second.planned).toEqual({ looked: LEADS / 2, four: LEADS / 2 });
  expect(second.became).toEqual({ later: LEADS / 2, 'next-step': LEADS / 2 });
  expect(await standing()).toEqual(second.planned);

  const before = await sendsOf('sent');
  await pauseScope(engine.db, 'cadence:everything', { by: 'test' });
  const third = await migrateTo(cadence(OVER, false));
  expect(third.became).toEqual({ 'at-once': LEADS });
  expect(await standing()).toEqual(third.planned);
  // Their waits are over, and the pause holds them.
  expect(await sendsOf('sent')).toBe(before);

  const resumed = await resumeScope(engine.db, 'cadence:everything', { by: 'test', rate: 1_000 });
  engine.bulkRuns.tell(resumed?.runId ?? '');
  await engine.until(standing, (counts) => Object.keys(counts).length === 0, PATIENCE_MS);

  const talks = await engine.db.splitArm.count({ where: { arm: 'talk' } });
  for (const [n, id] of ids.entries()) {
    const got = engine.sink.to(addressOf(n)).map(({ subject }) => subject);
    expect(new Set(got).size, id).toBe(got.length);
    expect(got, id).toHaveLength(countryOf(n) === 'DE' ? 4 : 3);
  }
  const tasks = await engine.db.task.findMany({ select: { leadId: true } });
  expect(tasks).toHaveLength(talks);
  expect(new Set(tasks.map(({ leadId }) => leadId)).size).toBe(talks);
  expect(hooks.hooks).toHaveLength(LEADS - talks);
  expect(new Set(hooks.hooks.map(({ id }) => id)).size).toBe(LEADS - talks);
  expect([await sendsOf('claimed'), await sendsOf('in_doubt')]).toEqual([0, 0]);
});
