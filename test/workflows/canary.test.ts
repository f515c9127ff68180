/** A share of new leads gets a changed cadence first: `publish --canary`, `--promote` and `--halt`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cadenceShow } from '../../src/cli/cadence.ts';
import { isOfCanary } from '../../src/domain/canary.ts';
import { readRun } from '../../src/store/bulk/runs.ts';
import { newestRevision } from '../../src/store/rules/read-rules.ts';
import type { Engine } from '../support/engine.ts';
import { lifeOf } from './life.ts';
import { publishedFolders, trip } from './published-folders.ts';

const OLD = '\n  - { id: one, email: plain }\n  - { id: pause, wait: 10 days }\n  - { id: two, email: other }';
const NEW = `${OLD}\n  - { id: more, wait: 10 days }\n  - { id: three, email: plain }`;

let folders: Awaited<ReturnType<typeof publishedFolders>>;
let engine: Engine;
let life: ReturnType<typeof lifeOf>;

beforeAll(async () => {
  folders = await publishedFolders({ trip: trip(OLD) });
  engine = folders.engine;
  life = lifeOf(engine);
});
afterAll(() => folders?.close());

let count = 0;
/** Numbers of the revisions that new leads get, with the leads. */
async function enroll(leads: number): Promise<{ id: string; revision: number }[]> {
  const ids: string[] = [];
  for (let n = 0; n < leads; n += 1) {
    count += 1;
    ids.push(await engine.submit({ email: `c@canary-${count}.example`, source: 'trip' }));
  }
  return Promise.all(ids.map(async (id) => ({ id, revision: await revisionOf(id) })));
}

async function revisionOf(leadId: string): Promise<number> {
  const { revisionId } = (await engine.until(
    () => life.enrollment(leadId),
    (one) => one !== null,
  )) as { revisionId: string };
  return (await engine.db.cadenceRevision.findUniqueOrThrow({ where: { id: revisionId } })).number;
}

test('a share gets it by a stable hash of the lead; halted, nobody does, and its leads are taken back', async () => {
  await folders.writeSteps(NEW);
  const begun = await folders.publish({ canary: 50 });
  expect(begun.changes).toEqual([{ file: 'cadences/trip.yaml', change: 'changed' }]);
  const leads = await enroll(12);
  for (const { id, revision } of leads) expect(revision).toBe(isOfCanary('trip', id, 50) ? 2 : 1);
  const tried = leads.filter(({ revision }) => revision === 2);
  expect((await cadenceShow(engine.config, 'trip', {})).text).toMatch(
    new RegExp(`A canary runs: 50% of new enrollments get revision 2 since 20.* UTC, ${tried.length} so far`),
  );

  // The same files change nothing, others would end it in passing.
  expect(await folders.publish({})).toMatchObject({ revision: begun.revision, changes: [] });
  await folders.writeSteps(OLD);
  await expect(folders.publish({ again: true })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(folders.publish({ amend: true })).rejects.toMatchObject({ code: 'CONFLICT' });
  await folders.writeSteps(NEW);

  const halted = await folders.publish({ halt: 'too many unsubscribes', migrate: true });
  for (const { revision } of await enroll(6)) expect(revision).toBe(1);
  for (const run of halted.runs)
    await engine.until(
      () => readRun(engine.db, run),
      (one) => one?.status === 'done',
    );
  for (const { id } of tried) expect(await revisionOf(id)).toBe(1);
  expect(await engine.db.playbookRevision.findUniqueOrThrow({ where: { number: halted.revision } })).toMatchObject({
    canary: null,
    haltedBecause: 'too many unsubscribes',
    leadsFollow: 'migrate',
  });
  await expect(folders.publish({})).rejects.toMatchObject({ code: 'PLAYBOOK_EARLIER' });
  await expect(folders.publish({ halt: 'again' })).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('promoted, everybody who comes in gets it, and the files say nothing new', async () => {
  await folders.publish({ canary: 5, again: true });
  const wider = await folders.publish({ canary: 40, cadence: 'trip' });
  expect(wider.revision).toBe(await newestRevision(engine.db));
  const id = (await enroll(1))[0]?.id ?? '';
  const before = await revisionOf(id);
  const promoted = await folders.publish({ promote: true });
  for (const { revision } of await enroll(4)) expect(revision).toBe(2);
  expect(await revisionOf(id)).toBe(before);
  expect(await folders.publish({})).toMatchObject({ revision: promoted.revision, changes: [] });
  await expect(folders.publish({ canary: 5 })).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('going back to a revision that had a canary gives the words that were in force then', async () => {
  const inForce = () => engine.store.rules.current().cadences.get('trip');
  const before = inForce();
  await folders.writeWords('plain', 'Words to try');
  const tried = await folders.publish({ canary: 30 });
  await folders.publish({ halt: 'nobody liked the words' });
  expect(await folders.publish({ revision: tried.revision })).toMatchObject({ changes: [] });
  expect(inForce()).toBe(before);
});
