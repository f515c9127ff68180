/** Putting leads before a step, one or many, beginning again, and pauses of all sending: over HTTP, with a worker. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leadEnroll } from '../../src/cli/lead-enroll.ts';
import { runsChange, runsList, runsShow, runsWatch } from '../../src/cli/runs.ts';
import { moveLeads } from '../../src/playbook/follow.ts';
import { publish } from '../../src/playbook/publish.ts';
import { startRun, stopRunFor } from '../../src/store/bulk/runs.ts';
import { playbookWith } from '../crash/playbook.ts';
import { stopAt } from '../support/stop-at.ts';
import { openApi, type Answer, type Bench } from './support.ts';

const STEPS = `
  - { id: one, email: plain }
  - { id: pause, wait: 10 days }
  - { id: two, email: other }
  - { id: more, wait: 10 days }
  - { id: three, email: deal }`;

const trip = (steps: string): string =>
  `name: Trip\nenroll: { when: { source: trip } }\npriority: 10\nsteps:${steps}\nwhenDone: dormant\n`;

let bench: Bench;
let folder: { dir: string; remove(): Promise<void> };
beforeAll(async () => {
  folder = await playbookWith(
    { trip: trip(STEPS) },
    { 'segments.yaml': 'elsewhere: { when: { source: elsewhere } }\n' },
  );
  bench = await openApi({ worker: true, playbookDir: folder.dir });
});
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
});

const lead = (name: string, source = 'trip'): Promise<string> =>
  bench.lead({ email: `${name}@runs.example`, source, country: 'DE' });
const mails = (name: string): string[] => bench.engine.sink.to(`${name}@runs.example`).map(({ subject }) => subject);
const enroll = (id: string, body: object): Promise<Answer> => bench.post(`/v1/leads/${id}/enroll`, body);

/** Waits until the process of the lead, too, knows that it stands before the step. */
async function before(id: string, step: string): Promise<void> {
  await bench.engine.until(
    () => bench.engine.lead(id),
    (one) => one.nextSummary?.includes(`‘${step}’`) === true,
  );
}

/** The run as the API shows it, once it has this status. */
async function run(id: unknown, status: string): Promise<Answer['body']> {
  const { body } = await bench.engine.until(
    () => bench.get(`/v1/bulk-runs/${String(id)}`),
    (answer) => answer.body['status'] === status,
  );
  return body;
}

/** Begins a run, and pauses or cancels it while it is at its first lead, however busy the machine is. */
async function begunAnd(command: 'pause' | 'cancel', request: object): Promise<{ begun: Answer; changed: Answer }> {
  using stop = stopAt('command.judged');
  const begun = await bench.post('/v1/bulk-runs', { ...request, preview: false, rate: 1 });
  const { id } = begun.body['run'] as { id: string };
  await stop.reached;
  return { begun, changed: await bench.post(`/v1/bulk-runs/${id}/${command}`) };
}

/** Waits until whoever is in the cadence stands before the step, by its row and by its process: a restart puts the row back at once. */
async function allBefore(step: string): Promise<void> {
  const inTrip = () => bench.db.enrollment.findMany({ where: { status: 'active', cadence: 'trip' } });
  const all = await bench.engine.until(inTrip, (rows) => rows.every(({ stepId }) => stepId === step));
  for (const { leadId } of all) await before(leadId, step);
}

async function restartIn(steps: string): Promise<void> {
  const { engine } = bench;
  await writeFile(path.join(folder.dir, 'cadences', 'trip.yaml'), trip(steps));
  const { revision, runs } = await publish(engine.config, engine.db, {
    author: 'test',
    follow: (tx, cadences) => moveLeads(tx, cadences, { kind: 'restart', cadence: 'trip', rate: 1_000, by: 'test' }),
  });
  await expect.poll(() => engine.store.rules.current().revision).toBe(revision);
  for (const one of runs) {
    engine.bulkRuns.tell(one);
    await run(one, 'done');
  }
}

const sends = (leadId: string) =>
  bench.db.send.findMany({ where: { leadId, audience: 'lead' }, orderBy: { id: 'asc' } });

test('enroll with step: the lead is put before it, and gets nothing that it got', async () => {
  const ann = await lead('ann');
  await before(ann, 'two');
  const wrong = await enroll(ann, { cadence: 'trip', step: 'thre' });
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain('did you mean \\"three\\"?; its steps are one, pause, two, more, three');
  expect((await enroll(ann, { cadence: 'trip' })).text).toContain('nothing was changed');

  expect((await enroll(ann, { cadence: 'trip', step: 'one' })).text).toContain('before step ‘one’');
  await bench.engine.until(
    () => sends(ann),
    (all) => all.length === 2,
  );
  await before(ann, 'two');
  expect((await sends(ann)).map(({ stepId, status, reason }) => ({ stepId, status, reason }))).toEqual([
    { stepId: 'one', status: 'sent', reason: null },
    { stepId: 'one', status: 'skipped', reason: 'already-got' },
  ]);
  // A wait is a step as well: it begins then.
  expect((await enroll(ann, { cadence: 'trip', step: 'more' })).status).toBe(200);
  await before(ann, 'three');
  expect((await enroll(ann, { cadence: 'trip', step: 'three' })).status).toBe(200);
  await bench.engine.untilStage(ann, 'dormant');
  expect(mails('ann')).toEqual(['The plain mail for you', 'The deal of the month']);
});

test('a command to many leads is a preview first; then it runs, is paused, resumed and canceled', async () => {
  const names = ['ben', 'cat', 'dan', 'eve', 'fay', 'gus'];
  const ids: string[] = [];
  for (const name of names) ids.push(await lead(name, 'nowhere'));
  for (const id of ids) await bench.engine.untilStage(id, 'dormant');
  const request = { command: { kind: 'enroll', cadence: 'trip', step: 'two' }, when: { source: 'nowhere' } };
  expect((await bench.post('/v1/bulk-runs', request, bench.keys.rep)).status).toBe(403);
  const unknown = { ...request, command: { ...request.command, step: 'none' } };
  expect((await bench.post('/v1/bulk-runs', unknown)).body).toMatchObject({ code: 'VALIDATION_FAILED' });

  const preview = await bench.post('/v1/bulk-runs', request);
  expect(preview).toMatchObject({ status: 200, body: { count: 6, run: null } });
  expect((preview.body['sample'] as string[]).toSorted()).toEqual(ids.toSorted());
  expect(await bench.db.enrollment.count({ where: { leadId: { in: ids } } })).toBe(0);

  const { begun, changed: paused } = await begunAnd('pause', request);
  expect(begun).toMatchObject({ status: 202, body: { count: 6, run: { status: 'running', total: 6 } } });
  const { id } = begun.body['run'] as { id: string };
  expect(paused).toMatchObject({ status: 200, body: { status: 'paused' } });
  expect((await bench.get(`/v1/bulk-runs/${id}`)).body['done']).toBeLessThan(6);
  expect((await bench.get('/v1/bulk-runs')).body.items?.[0]).toMatchObject({ id, status: 'paused' });
  expect((await bench.post(`/v1/bulk-runs/${id}/resume`, { rate: 1_000 })).status).toBe(200);
  expect(await run(id, 'done')).toMatchObject({ done: 6, outcomes: { done: 6 } });
  // A condition can name a company or whatever an attribute holds: it is not kept.
  expect((await bench.db.bulkRun.findUniqueOrThrow({ where: { id } })).params).toEqual({
    command: request.command,
    actor: expect.anything(),
  });
  for (const one of ids) await before(one, 'three');
  for (const name of names) expect(mails(name)).toEqual(['The other mail for you']);

  const { begun: again, changed: canceled } = await begunAnd('cancel', request);
  const second = (again.body['run'] as { id: string }).id;
  expect(canceled.body['status']).toBe('canceled');
  expect((await bench.post(`/v1/bulk-runs/${second}/resume`)).status).toBe(409);
  for (const name of names) expect(mails(name)).toHaveLength(1);
});

test('a lead that begins again in another revision does not get the mail that it got, unless the step says again', async () => {
  const hal = await lead('hal');
  await before(hal, 'two');
  await restartIn(STEPS.replace('wait: 10 days', 'wait: 9 days'));
  await bench.engine.until(
    () => sends(hal),
    (all) => all.length === 2,
  );
  await allBefore('two');
  expect((await sends(hal)).map(({ pass, reason }) => ({ pass, reason }))).toEqual([
    { pass: 1, reason: null },
    { pass: 2, reason: 'already-got' },
  ]);
  await restartIn(STEPS.replace('email: plain', 'email: plain, again: true'));
  await bench.engine.until(
    () => Promise.resolve(mails('hal')),
    (got) => got.length === 2,
  );
  // Whoever was in the cadence began again with it: the tests after this one count the leads that wait.
  await allBefore('two');
  expect(mails('hal')).toEqual(['The plain mail for you', 'The plain mail for you']);
});

test('all sending is paused and resumed; what fell due goes on by a run', async () => {
  const paused = await bench.post('/v1/sending/pause', { reason: 'a wrong price' });
  expect(paused).toMatchObject({ status: 200, body: { cadence: null, reason: 'a wrong price' } });
  expect((await bench.get('/v1/sending')).body).toMatchObject({ paused: true, pauses: [{ cadence: null }] });
  const ida = await lead('ida');
  await bench.engine.until(
    () => bench.engine.lead(ida),
    (one) => one.nextSummary?.includes('All sending to leads is paused') === true,
  );
  expect(mails('ida')).toEqual([]);
  // Whoever asks about the lead is told, and so is whoever looks at what waits for a person.
  const reasons = async () =>
    ((await bench.get(`/v1/leads/${ida}/why`)).body['waitsFor'] as { what: string }[]).map(({ what }) => what);
  expect(await reasons()).toEqual(['All sending to leads is paused by admin: a wrong price']);
  expect((await bench.get('/v1/attention?kind=paused')).body.items).toMatchObject([
    { leadId: null, ref: 'sending', reason: 'All sending to leads is paused by admin: a wrong price.' },
  ]);
  const resumed = await bench.post('/v1/sending/resume', { rate: 1_000 });
  expect(resumed).toMatchObject({ status: 200, body: { waiting: 1 } });
  expect(await run(resumed.body['runId'], 'done')).toMatchObject({ kind: 'resume', cadence: null });
  await before(ida, 'two');
  expect(mails('ida')).toHaveLength(1);
  expect(await reasons()).toEqual([]);
  expect((await bench.get('/v1/sending')).body).toMatchObject({ paused: false, pauses: [] });
  expect((await bench.post('/v1/sending/resume')).status).toBe(409);
});

test('a run that stopped by itself is in the attention list and in `why`; nurture runs shows, resumes, watches and cancels runs', async () => {
  const config = { ...bench.engine.config, client: { url: bench.base, key: bench.keys.operator } };
  await bench.post('/v1/sending/pause');
  const jo = await lead('jo');
  await bench.engine.until(
    () => bench.engine.lead(jo),
    (one) => one.nextSummary?.includes('All sending to leads is paused') === true,
  );
  await bench.db.pause.deleteMany();
  const stopped = await startRun(bench.db, { kind: 'resume', params: {}, rate: 1_000, total: 1, by: 'system' });
  await stopRunFor(bench.db, stopped, 'Error: no space left');
  expect((await bench.get(`/v1/leads/${jo}/why`)).body['waitsFor']).toMatchObject([
    { ref: stopped, what: expect.stringContaining('stopped before it came to this lead: Error: no space left') },
  ]);
  expect((await bench.get('/v1/attention?kind=run-stopped')).body.items).toMatchObject([
    {
      leadId: null,
      ref: stopped,
      reason: 'The run (resume) stopped by itself after 0 of 1 lead. Error: no space left',
    },
  ]);
  expect((await bench.get('/v1/attention?kind=run-stopped', bench.keys.rep)).body.items).toEqual([]);

  expect((await runsList(config)).text).toMatch(new RegExp(`${stopped}.* resume .* stopped by itself .* 0 of 1 lead`));
  expect((await runsShow(config, stopped)).text).toContain(`To go on: npx nurture runs resume ${stopped}`);
  // Without an id it watches the newest.
  expect(await runsWatch(config, undefined)).toMatchObject({ exitCode: 1, data: { id: stopped, status: 'paused' } });
  expect((await runsChange(config, stopped, 'resume', { rate: 500 })).text).toBe(
    `${stopped} is running: 0 of 1 lead is done.`,
  );
  expect(await runsWatch(config, stopped)).toMatchObject({ exitCode: 0, data: { status: 'done', done: 1, rate: 500 } });
  await before(jo, 'two');
  expect((await bench.get(`/v1/leads/${jo}/why`)).body['waitsFor']).toEqual([]);
  await expect(runsChange(config, stopped, 'cancel')).rejects.toThrow('This run is done: it cannot become canceled.');
});

test('in the terminal the same: a preview, then a run; a condition may name a segment', async () => {
  const config = { ...bench.engine.config, client: { url: bench.base, key: bench.keys.operator } };
  const ids = [await lead('una', 'elsewhere'), await lead('vic', 'elsewhere')];
  for (const id of ids) await bench.engine.untilStage(id, 'dormant');
  const choice = { where: 'segment: elsewhere', step: 'two' };
  const preview = await leadEnroll(config, 'trip', choice);
  expect(preview.text).toContain('2 leads for whom this holds: ');
  expect(preview.text).toContain('Would go before ‘two’ of ‘trip’');
  expect(await bench.db.enrollment.count({ where: { leadId: { in: ids } } })).toBe(0);
  const done = await leadEnroll(config, 'trip', { ...choice, do: true, rate: 1_000 });
  const { id } = (done.data as { run: { id: string } }).run;
  expect(await run(id, 'done')).toMatchObject({ outcomes: { done: 2 } });
  await expect(leadEnroll(config, 'trip', { where: 'elsewhere' })).rejects.toThrow(/--where is a condition/);
  await expect(leadEnroll(config, 'trip', { where: 'sorce: x' })).rejects.toThrow(/did you mean .?"source/);
});
