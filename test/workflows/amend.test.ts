/** Better words for mails that are still to come: `publish --amend`, and what the plan says of it before. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planCommand } from '../../src/cli/plan.ts';
import { playbookList } from '../../src/cli/playbook-list.ts';
import type { Plan } from '../../src/playbook/plan.ts';
import type { PlanMode } from '../../src/playbook/plan-groups.ts';
import { changeRun, readRun, type Run } from '../../src/store/bulk/runs.ts';
import { listPlaybookRevisions } from '../../src/store/lists/playbook-revisions.ts';
import { newestRevision } from '../../src/store/rules/read-rules.ts';
import type { Engine } from '../support/engine.ts';
import { lockWaiters } from '../support/lock-waiters.ts';
import { pauseAfterFirst } from '../support/pause-run.ts';
import { stopAt } from '../support/stop-at.ts';
import { lifeOf } from './life.ts';
import { publishedFolders, trip } from './published-folders.ts';

const FIRST = `
  - { id: one, email: plain }
  - { id: pause, wait: 10 days }
  - { id: two, email: other }`;
/** With a mail more, which the leads of the first revision do not get. */
const SECOND = `${FIRST}
  - { id: more, wait: 10 days }
  - { id: three, email: plain }`;

let folders: Awaited<ReturnType<typeof publishedFolders>>;
let engine: Engine;
let life: ReturnType<typeof lifeOf>;

beforeAll(async () => {
  folders = await publishedFolders({ trip: trip(FIRST), walk: trip(FIRST, 'walk') });
  engine = folders.engine;
  life = lifeOf(engine);
});
afterAll(() => folders?.close());

async function plan(mode: PlanMode, choice: { cadence?: string; includeFinished?: boolean } = {}) {
  const { data, text } = await planCommand(engine.config, { mode, ...choice });
  return { data: data as Plan, text };
}

const ended = (runId: string | undefined): Promise<Run | null> =>
  engine.until(
    () => readRun(engine.db, runId ?? ''),
    (run) => run?.status === 'done',
  );

async function enrolled(name: string, source = 'trip', step = 'two'): Promise<string> {
  const id = await engine.submit({ email: `${name}@${name}-${source}.example`, source });
  await before(id, step);
  return id;
}

const before = (leadId: string, step: string) =>
  engine.until(
    () => engine.lead(leadId),
    (lead) => lead.nextSummary?.includes(`‘${step}’`) === true,
  );

const subjects = (name: string, source = 'trip'): string[] =>
  engine.sink.to(`${name}@${name}-${source}.example`).map(({ subject }) => subject);

test('everybody who has the mail to come gets the mended words, in the steps that they have; the plan says how many', async () => {
  const ann = await enrolled('ann');
  await folders.writeSteps(SECOND);
  await folders.publish({});
  const [ben, cat, dan] = [await enrolled('ben'), await enrolled('cat'), await enrolled('dan', 'walk')];
  await engine.forward(cat, '11 days');
  await before(cat, 'three');
  const moving = await plan('migrate');
  expect(moving.text).toContain('nothing changes: the files are in force as they are');
  expect(moving.text).toMatch(/ {2}for leads in revision \d+:\n {4}added {4}more\n/);

  await folders.writeWords('other', 'Mended');
  const planned = await plan('amend');
  const became = planned.data.cadences.flatMap(({ groups }) =>
    groups.map(({ stepId, leads, became: what }) => `${stepId}: ${leads} ${what}`),
  );
  expect(became.toSorted((a, b) => a.localeCompare(b))).toEqual([
    'three: 1 unamended',
    'two: 1 amended',
    'two: 1 amended',
    'two: 1 amended',
  ]);
  expect(planned.text).toContain('3 leads on the way get better words.');
  expect(planned.data.words).toMatchObject([
    { templates: ['other'], leads: null, parts: [{ part: 'subject', changes: [{ after: 'Mended' }] }] },
  ]);
  expect(planned.text).toMatch(/templates\/other\.mjml\n {4}subject\n {6}- .+\n {6}\+ Mended\n/);
  expect(planned.text).toMatch(/To do it: npx nurture publish --base \d+ --amend/);

  const published = await folders.publish({ amend: true, cadence: 'trip' });
  expect(published.runs).toHaveLength(1);
  expect((await ended(published.runs[0]))?.outcomes).toEqual({ amended: 3 });
  const [newest] = await listPlaybookRevisions(engine.db, null, 1);
  expect(newest).toMatchObject({ number: published.revision, leadsFollow: 'amend' });
  // No process is told: none has another time.
  expect(await engine.db.outbox.count({ where: { leadId: { in: [ann, ben, cat] } } })).toBe(0);
  for (const id of [ann, ben, dan]) await engine.forward(id, '11 days');
  await before(ben, 'three');
  await engine.untilStage(ann, 'dormant');
  await engine.untilStage(dan, 'dormant');
  for (const name of ['ann', 'ben']) expect(subjects(name)[1]).toBe('Mended');
  expect(subjects('dan', 'walk')[1]).not.toBe('Mended');
  expect((await life.sends(ann)).map(({ stepId }) => stepId)).toEqual(['one', 'two']);
  expect((await life.audits(ann, 'enrollment.moved')).map(({ data }) => data)).toMatchObject([
    { cadence: 'trip', became: 'amended', runId: published.runs[0] },
  ]);
});

test('words that were published for new leads alone reach those on the way by a later --amend', async () => {
  const eve = await enrolled('eve');
  await folders.writeWords('other', 'Mended again');
  await folders.publish({});
  const { data } = await plan('amend');
  expect(data.words).toMatchObject([
    { templates: ['other'], leads: { cadence: 'trip' }, parts: [{ changes: [{ after: 'Mended again' }] }] },
  ]);
  const late = await folders.publish({ amend: true });
  for (const run of late.runs) await ended(run);
  await engine.forward(eve, '11 days');
  await before(eve, 'three');
  expect(subjects('eve')[1]).toBe('Mended again');
  expect((await folders.publish({ amend: true })).runs).toEqual([]);
});

test('an amendment while a migration is under way: who was moved and who is still to be moved get the new steps and the new words', async () => {
  const names = ['fay', 'gil', 'hal'];
  const ids = await Promise.all(names.map((name) => enrolled(name)));
  await folders.writeSteps(SECOND.replace('10 days', '9 days'));
  const [migration = ''] = (await folders.publish({ migrate: true, cadence: 'trip', rate: 1 }, { isTold: false })).runs;
  expect((await pauseAfterFirst(engine, migration)).done).toBe(1);

  await folders.writeWords('other', 'Mended on the way');
  const [amendment = ''] = (await folders.publish({ amend: true, cadence: 'trip' }, { isTold: false })).runs;
  using stop = stopAt('bulk.recorded', migration);
  await changeRun(engine.db, migration, 'running', 'test', 1_000);
  engine.bulkRuns.tell(migration);
  await stop.reached;
  engine.bulkRuns.tell(amendment);
  await engine.until(
    () => lockWaiters(engine.db),
    (waiters) => waiters.length > 0,
  );
  stop.go();
  for (const run of [migration, amendment]) await ended(run);
  const inForce = engine.store.rules.current().cadences.get('trip');
  for (const id of ids) expect((await life.enrollment(id))?.revisionId).toBe(inForce);
  // Their processes wait for nine days, and no longer for ten.
  await engine.until(
    () => engine.db.outbox.count({ where: { leadId: { in: ids } } }),
    (bells) => bells === 0,
  );
  for (const [n, id] of ids.entries()) {
    await engine.forward(id, '10 days');
    await before(id, 'three');
    expect(subjects(names[n] ?? '')[1]).toBe('Mended on the way');
  }
});

test('mended words and appended steps: at once by a migration; by --amend once the steps are published, and nobody is left out', async () => {
  const both = { amend: true, includeFinished: true, cadence: 'walk' } as const;
  const ida = await enrolled('ida', 'walk');
  await engine.forward(ida, '11 days');
  await engine.untilStage(ida, 'dormant');
  const jon = await enrolled('jon', 'walk');
  await folders.writeSteps(
    `${FIRST}\n  - { id: more, wait: 10 days }\n  - { id: three, email: plain, again: true }`,
    'walk',
  );
  await folders.writeWords('other', 'Both other');
  await folders.writeWords('plain', 'Both plain');
  const refused = {
    code: 'CONFLICT',
    message: expect.stringMatching(
      /‘walk’ .*\(‘more’ added, ‘three’ added\).* --migrate gives .*with --include-finished/,
    ),
  };
  await expect(plan('amend', both)).rejects.toMatchObject(refused);
  await expect(folders.publish(both)).rejects.toMatchObject(refused);
  const migration = await plan('migrate', { cadence: 'walk', includeFinished: true });
  expect(migration.text).toMatch(/walk: [^]*1 before ‘two’ of revision \d+ goes with its step, nothing changes for it/);

  await folders.publish({});
  const { text } = await plan('amend', both);
  expect(text).toMatch(/1 before ‘two’ of revision \d+ keeps its step, and gets better words in mails to come/);
  expect(text.match(/1 has finished revision \d+ and goes before ‘more’/g)).toHaveLength(2);
  expect(text).toMatch(/To do it: npx nurture publish --base \d+ --amend --include-finished --cadence walk/);
  const { runs } = await folders.publish(both);
  expect(await Promise.all(runs.map(async (run) => (await ended(run))?.outcomes))).toEqual([
    { amended: 1 },
    { appended: 2 },
  ]);
  // The files said nothing new: no revision tells of it.
  const listed = (await playbookList(engine.config)).text;
  for (const [n, kind] of ['amend', 'append'].entries())
    expect(listed).toMatch(new RegExp(`none new .*${kind} of ‘walk’ .*${runs[n]}`));
  await engine.forward(jon, '11 days');
  await engine.untilStage(jon, 'dormant');
  expect(subjects('jon', 'walk')[1]).toBe('Both other');
  await before(ida, 'three');
  await engine.forward(ida, '11 days');
  await engine.untilStage(ida, 'dormant');
  expect(subjects('ida', 'walk').slice(2)).toEqual(['Both plain']);

  // Who came to the end of the older steps meanwhile.
  const [later] = (await folders.publish({ includeFinished: true, cadence: 'walk' })).runs;
  expect((await ended(later))?.outcomes).toEqual({ appended: 1 });
  await before(jon, 'three');
});

test('other steps are not amended: it is refused with their names, and nothing is published', async () => {
  await folders.writeSteps(SECOND.replace('10 days', '12 days'));
  await folders.writeWords('other', 'Not yet');
  const newest = await newestRevision(engine.db);
  const refused = {
    code: 'CONFLICT',
    message: expect.stringMatching(/‘trip’ has other steps than the revision in force \(‘pause’ changed\): --amend/),
  };
  await expect(folders.publish({ amend: true })).rejects.toMatchObject(refused);
  await expect(plan('amend')).rejects.toMatchObject(refused);
  expect(await newestRevision(engine.db)).toBe(newest);
  await expect(folders.publish({ amend: true, cadence: 'tripp' })).rejects.toMatchObject({ code: 'CADENCE_UNKNOWN' });
  expect(await newestRevision(engine.db)).toBe(newest);
});
