/** Leads follow a published revision: by migrating, by beginning again, and what a pause holds meanwhile. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { moveLeads } from '../../src/playbook/follow.ts';
import { includeFinished } from '../../src/playbook/include-finished.ts';
import { type PlannedCadence, planPublish } from '../../src/playbook/plan.ts';
import { publish, toPublish } from '../../src/playbook/publish.ts';
import { readFolders } from '../../src/playbook/read-folders.ts';
import { changeRun, readRun, type Run } from '../../src/store/bulk/runs.ts';
import { unsubscribe } from '../../src/store/consent/unsubscribe.ts';
import { pauseScope, resumeScope } from '../../src/store/pauses.ts';
import { playbookWith } from '../crash/playbook.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lockWaiters } from '../support/lock-waiters.ts';
import { pauseAfterFirst } from '../support/pause-run.ts';
import { stopAt } from '../support/stop-at.ts';
import { lifeOf, MANAGER } from './life.ts';

/** Steps of the cadence `trip`, one revision after the other. */
const FIRST = `
  - { id: one, email: plain }
  - { id: pause, wait: 10 days }
  - { id: two, email: other }
  - { id: more, wait: 10 days }
  - { id: three, email: plain }`;
/** Without the second mail. */
const SECOND = FIRST.replace('\n  - { id: two, email: other }', '');
/** The first wait is over within hours: for who came in long ago at once, for nobody who came in during the test. */
const THIRD = `
  - { id: one, email: plain }
  - { id: pause, wait: 3 hours }
  - { id: three, email: plain }
  - { id: still, wait: 5 days }
  - { id: four, email: other }`;

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
let folder: { dir: string; remove(): Promise<void> };

const cadence = (steps: string): string =>
  `name: Trip\nenroll: { when: { source: trip } }\npriority: 10\nsteps:${steps}\nwhenDone: dormant\n`;

beforeAll(async () => {
  folder = await playbookWith({ trip: cadence(FIRST) });
  engine = await startEngine({ playbookDir: folder.dir });
  life = lifeOf(engine);
});
// A lead of an earlier test whose process has yet to hear that its cadence is over would count among those that a run moves.
beforeEach(() =>
  engine.until(
    () => engine.db.outbox.count(),
    (bells) => bells === 0,
  ),
);
afterAll(async () => {
  await engine?.close();
  await folder?.remove();
});

async function publishSteps(steps: string, kind: 'migrate' | 'restart' | null, rate = 1_000): Promise<string[]> {
  const runs = await publishUntold(steps, kind, rate);
  for (const run of runs) engine.bulkRuns.tell(run);
  return runs;
}

/** Its runs do not begin. */
async function publishUntold(steps: string, kind: 'migrate' | 'restart' | null, rate: number): Promise<string[]> {
  await writeFile(path.join(folder.dir, 'cadences', 'trip.yaml'), cadence(steps));
  const follow = kind === null ? {} : { follow: followBy(kind, rate) };
  const { revision, runs } = await publish(engine.config, engine.db, { author: 'test', again: true, ...follow });
  await inForce(revision);
  return runs;
}

/** Whoever comes in from now on is enrolled by this revision. */
async function inForce(revision: number): Promise<void> {
  await expect.poll(() => engine.store.rules.current().revision).toBe(revision);
}

/** What the plan says of the cadence if it had these steps. */
async function plan(steps: string): Promise<PlannedCadence> {
  await writeFile(path.join(folder.dir, 'cadences', 'trip.yaml'), cadence(steps));
  const input = toPublish(await readFolders(engine.config));
  const { cadences } = await planPublish(engine.db, input, { mode: 'migrate', nowMs: Date.now() });
  const found = cadences.find((one) => one.cadence === 'trip');
  if (found === undefined) throw new Error('the plan does not name the cadence');
  return found;
}

function followBy(kind: 'migrate' | 'restart', rate: number) {
  return (tx: Parameters<typeof moveLeads>[0], cadences: ReadonlyMap<string, string>) =>
    moveLeads(tx, cadences, { kind, rate, by: 'test' });
}

const ended = async (runId: string): Promise<Run | null> =>
  engine.until(
    () => readRun(engine.db, runId),
    (run) => run?.status === 'done',
  );

async function onTheWay(...names: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) ids.push(await engine.submit({ email: `${name}@trip.example`, source: 'trip' }));
  for (const id of ids) await before(id, 'two');
  return ids;
}

/** Waits until the process of the lead, too, knows that it stands before the step. */
async function before(leadId: string, step: string): Promise<void> {
  await engine.until(
    () => engine.lead(leadId),
    (lead) => lead.nextSummary?.includes(`‘${step}’`) === true,
  );
}

const mails = (name: string): string[] => engine.sink.to(`${name}@trip.example`).map(({ subject }) => subject);

test('a lead goes with its step; at a step that is gone to the next; and at once where its wait is over', async () => {
  await publishSteps(FIRST, null);
  const [ann, ben] = (await onTheWay('ann', 'ben')) as [string, string];
  await engine.forward(ben, '4 days');
  const due = (await life.enrollment(ann))?.dueAt?.getTime() ?? 0;

  const planned = await plan(SECOND);
  expect(planned.changes).toEqual([{ change: 'removed', stepId: 'two' }]);
  expect(planned.groups).toMatchObject([{ stepId: 'two', leads: 2, became: 'next-step', to: 'three' }]);
  const [second] = await publishSteps(SECOND, 'migrate');
  expect((await ended(second ?? ''))?.outcomes).toEqual({ 'next-step': 2 });
  for (const id of [ann, ben]) await before(id, 'three');
  // The mail it had gone without would have been followed by ten days more: both waits count from the first mail.
  const moved = await life.enrollment(ann);
  expect((moved?.dueAt?.getTime() ?? 0) - due).toBe(10 * 86_400_000);
  expect(mails('ann')).toHaveLength(1);

  const [third] = await publishSteps(THIRD, 'migrate');
  // Of the one the wait of three hours is over by days; that of the other is over in three hours.
  expect((await ended(third ?? ''))?.outcomes).toEqual({ 'at-once': 1, earlier: 1 });
  await before(ben, 'four');
  expect(mails('ben')).toHaveLength(2);
  await before(ann, 'three');
  await engine.forward(ann, '4 hours');
  await before(ann, 'four');
  await engine.forward(ann, '6 days');
  await engine.untilStage(ann, 'dormant');
  expect(mails('ann')).toHaveLength(3);
  const sends = await life.sends(ann);
  expect(sends.map(({ stepId }) => stepId)).toEqual(['one', 'three', 'four']);
  const told = await life.audits(ann, 'enrollment.moved');
  expect(told.map(({ data }) => data)).toMatchObject([
    { became: 'next-step', stepId: 'three', runId: second },
    { became: 'earlier', stepId: 'three', runId: third },
  ]);
});

test('who is where nothing changes is moved without a word to its process; where no step is left the cadence ends', async () => {
  await publishSteps(FIRST, null);
  const [cat] = (await onTheWay('cat')) as [string];
  /** How often its process was rung. */
  const bells = async (): Promise<number> => {
    const { events } = await engine.handle(cat).fetchHistory();
    return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
  };
  expect(await bells()).toBe(1);
  const [run] = await publishSteps(
    `${FIRST}\n  - { id: later, wait: 9 days }\n  - { id: five, email: other }`,
    'migrate',
  );
  expect((await ended(run ?? ''))?.outcomes).toMatchObject({ same: 1 });
  expect(await bells()).toBe(1);
  expect(await engine.db.outbox.count({ where: { leadId: cat } })).toBe(0);
  const [last] = await publishSteps('\n  - { id: one, email: plain }', 'migrate');
  expect((await ended(last ?? ''))?.outcomes).toMatchObject({ ended: 1 });
  await engine.untilStage(cat, 'dormant');
  expect(mails('cat')).toHaveLength(1);
});

test('a run that is paused stands still, at another rate it goes on, canceled it leaves the rest', async () => {
  await publishSteps(FIRST, null);
  const ids = await onTheWay('dan', 'eve', 'fay');
  const [run = ''] = await publishUntold(SECOND, 'migrate', 1);
  const paused = await pauseAfterFirst(engine, run);
  expect(paused).toMatchObject({ done: 1, total: 3 });
  const handle = engine.client.workflow.getHandle(run);
  await engine.until(
    () => handle.query<{ status: string } | null>('progress'),
    (progress) => progress?.status === 'paused',
  );
  expect((await readRun(engine.db, run))?.done).toBe(1);
  await changeRun(engine.db, run, 'running', 'test', 1_000);
  engine.bulkRuns.tell(run);
  const over = await ended(run);
  expect(over?.done).toBe(over?.total);
  for (const id of ids) await before(id, 'three');
  await expect(changeRun(engine.db, run, 'paused', 'test')).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('a run that is overtaken by a later one leaves the leads to it, and sends none back', async () => {
  await publishSteps(FIRST, null);
  const [uma] = (await onTheWay('uma')) as [string];
  await writeFile(path.join(folder.dir, 'cadences', 'trip.yaml'), cadence(SECOND));
  const { runs } = await publish(engine.config, engine.db, {
    author: 'test',
    again: true,
    follow: followBy('migrate', 1_000),
  });
  const older = runs[0] ?? '';
  await changeRun(engine.db, older, 'paused', 'test');
  const [newer] = await publishSteps(SECOND.replaceAll('10 days', '8 days'), 'migrate');
  await ended(newer ?? '');
  const revisionId = (await life.enrollment(uma))?.revisionId;
  await changeRun(engine.db, older, 'running', 'test');
  engine.bulkRuns.tell(older);
  expect((await ended(older))?.outcomes).toEqual({});
  expect((await life.enrollment(uma))?.revisionId).toBe(revisionId);
});

test('a cadence that is paused holds what falls due with no timer, and lets it go when it is resumed', async () => {
  await publishSteps(FIRST, null);
  const [gus, hal] = (await onTheWay('gus', 'hal')) as [string, string];
  await pauseScope(engine.db, 'cadence:trip', { by: 'test' });
  await engine.forward(gus, '11 days');
  await engine.until(
    () => engine.lead(gus),
    (lead) => lead.nextDueAt === null,
  );
  expect((await engine.lead(gus)).nextSummary).toBe('Cadence ‘trip’ is paused: ‘two’ waits until it is resumed');
  // Who comes in meanwhile is enrolled and held; who has time to go keeps its timer.
  const ida = await engine.submit({ email: 'ida@trip.example', source: 'trip' });
  await engine.until(
    () => engine.lead(ida),
    (lead) => lead.nextSummary?.includes('is paused') === true,
  );
  expect((await engine.lead(hal)).nextDueAt).not.toBeNull();
  expect([mails('gus'), mails('ida')].map(({ length }) => length)).toEqual([1, 0]);
  await pauseScope(engine.db, 'sending', { by: 'test' });
  const first = await resumeScope(engine.db, 'cadence:trip', { by: 'test', rate: 1_000 });
  expect(first?.waiting).toBe(2);
  engine.bulkRuns.tell(first?.runId ?? '');
  await ended(first?.runId ?? '');
  await engine.until(
    () => engine.lead(gus),
    (lead) => lead.nextSummary?.includes('All sending to leads is paused') === true,
  );
  const second = await resumeScope(engine.db, 'sending', { by: 'test', rate: 1_000 });
  engine.bulkRuns.tell(second?.runId ?? '');
  await before(gus, 'three');
  await before(ida, 'two');
  expect([mails('gus'), mails('ida')].map(({ length }) => length)).toEqual([2, 1]);
  expect(await resumeScope(engine.db, 'sending', { by: 'test', rate: 1 })).toBeNull();
});

test('a move that fails before its commit is done once; a step that falls due meanwhile is not performed twice', async () => {
  await publishSteps(FIRST, null);
  const [jon, kim] = (await onTheWay('jon', 'kim')) as [string, string];
  let failures = 0;
  using failing = stopAt('bulk.recorded', () => {
    failures += 1;
    if (failures === 1) throw new Error('the worker dies here');
    return false;
  });
  using locked = stopAt('bulk.locked');
  const [run] = await publishSteps(THIRD, 'migrate');
  await locked.reached;
  // Its process wants the lead while the move has it.
  const forwarding = engine.forward(jon, '11 days');
  await engine.until(
    () => lockWaiters(engine.db),
    (waiters) => waiters.length > 0,
  );
  locked.go();
  const over = await ended(run ?? '');
  failing.go();
  expect(failures).toBeGreaterThan(1);
  expect(over?.done).toBe(over?.total);
  await forwarding;
  await before(kim, 'three');
  for (const id of [jon, kim]) {
    const sends = await life.sends(id);
    expect(new Set(sends.map(({ stepId, pass }) => `${pass}:${stepId}`)).size).toBe(sends.length);
    expect(await life.audits(id, 'enrollment.moved')).toHaveLength(1);
  }
});

test('steps that were appended reach who had finished the cadence, if they are to', async () => {
  const course = (steps: string): Promise<void> =>
    writeFile(
      path.join(folder.dir, 'cadences', 'course.yaml'),
      `name: Course\nenroll: { when: { source: course } }\npriority: 5\nsteps:\n  - { id: one, email: plain }${steps}\n`,
    );
  const more = '\n  - { id: rest, wait: 3 days }\n  - { id: two, email: other }';
  await course('');
  await inForce((await publish(engine.config, engine.db, { author: 'test' })).revision);
  const people = ['pia', 'quin', 'rob', 'sue'];
  const ids = await Promise.all(
    people.map((name) => engine.submit({ email: `${name}@${name}.example`, source: 'course' })),
  );
  const [pia = '', quin = '', rob = '', sue = ''] = ids;
  for (const id of ids) await engine.untilStage(id, 'dormant');
  await unsubscribe(engine.store, { leadId: quin, source: 'test' });
  await life.tell(rob, MANAGER, { kind: 'enroll', cadence: 'trip' });

  await course(more);
  const input = toPublish(await readFolders(engine.config));
  const planned = await planPublish(engine.db, input, { mode: 'pinned', includesFinished: true, nowMs: Date.now() });
  const { finished, appended } = planned.cadences.find(({ cadence }) => cadence === 'course') ?? {};
  expect({ finished, appended }).toMatchObject({ appended: 'rest', finished: [{ to: 'rest', leads: 2, left: 2 }] });
  const { revision, runs } = await publish(engine.config, engine.db, {
    author: 'test',
    follow: (tx, cadences, published) =>
      includeFinished(tx, cadences, published, { cadence: 'course', rate: 1_000, by: 'test' }),
  });
  await inForce(revision);
  expect(runs).toHaveLength(1);
  for (const run of runs) engine.bulkRuns.tell(run);
  expect((await ended(runs[0] ?? ''))?.outcomes).toEqual({ appended: 2 });
  for (const id of [pia, sue]) await before(id, 'two');
  await engine.forward(pia, '4 days');
  await engine.untilStage(pia, 'dormant');
  const subjects = engine.sink.to('pia@pia.example').map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(2);
  const enrollments = await engine.db.enrollment.findMany({ where: { leadId: pia }, orderBy: { id: 'asc' } });
  expect(enrollments.map(({ via }) => via)).toEqual(['trigger', 'append']);
  expect((await engine.lead(quin)).stage).toBe('dormant');
  expect((await life.enrollment(rob))?.cadence).toBe('trip');
  // Who got them has finished the new revision, or is on the way in it: the same again reaches nobody.
  const again = await engine.db.$transaction((tx) =>
    includeFinished(
      tx,
      engine.store.rules.current().cadences,
      { before: null, input },
      { cadence: 'course', rate: 1, by: 'test' },
    ),
  );
  expect(again).toEqual([]);
});

test('who waits for a date gets the new offset: the date is read anew, and the plan says so', async () => {
  const steps = (offset: string): string => `
  - { id: to-end, wait: { until: { attribute: contractEnds, offset: ${offset} } } }
  - { id: two, email: other }`;
  await publishSteps(steps('-1 week'), null);
  const contractEnds = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
  const id = await engine.submit({ email: 'eve@eve.example', source: 'trip', attributes: { contractEnds } });
  await before(id, 'to-end');
  const due = (await life.enrollment(id))?.dueAt?.getTime() ?? 0;

  const { changes, groups } = await plan(steps('-2 weeks'));
  expect(changes).toMatchObject([
    {
      stepId: 'to-end',
      what: [{ before: '{ direction: before, span: 1 week }', after: '{ direction: before, span: 2 weeks }' }],
    },
  ]);
  expect(groups.filter(({ stepId }) => stepId === 'to-end')).toMatchObject([
    { leads: 1, became: 'date-anew', to: 'to-end' },
  ]);
  const [run] = await publishSteps(steps('-2 weeks'), 'migrate');
  expect((await ended(run ?? ''))?.outcomes['date-anew']).toBe(1);
  const moved = await engine.until(
    () => life.enrollment(id),
    (enrollment) =>
      (enrollment?.dueAt?.getTime() ?? due) < due && (enrollment?.dueAt?.getTime() ?? 0) > Date.now() + 3_600_000,
  );
  // A change of the clocks may lie between the two.
  expect(Math.round((due - (moved?.dueAt?.getTime() ?? 0)) / 86_400_000)).toBe(7);
});
