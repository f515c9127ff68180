/** A share of new leads gets a changed cadence first: `publish --canary`, `--promote` and `--halt`. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cadenceShow } from '../../src/cli/cadence.ts';
import { publishCommand, type PublishChoice } from '../../src/cli/publish.ts';
import { isOfCanary } from '../../src/domain/canary.ts';
import { readRun } from '../../src/store/bulk/runs.ts';
import type { Publication } from '../../src/store/rules/publish-revision.ts';
import { newestRevision } from '../../src/store/rules/read-rules.ts';
import { playbookWith } from '../crash/playbook.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf } from './life.ts';

const OLD = '\n  - { id: one, email: plain }\n  - { id: pause, wait: 10 days }\n  - { id: two, email: other }';
const NEW = `${OLD}\n  - { id: more, wait: 10 days }\n  - { id: three, email: plain }`;

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
let folder: { dir: string; remove(): Promise<void> };
let templatesDir: string;

beforeAll(async () => {
  templatesDir = await mkdtemp(path.join(tmpdir(), 'nurture-templates-'));
  await cp(path.join(import.meta.dirname, '../fixtures/templates'), templatesDir, { recursive: true });
  folder = await playbookWith({ trip: cadence(OLD) });
  engine = await startEngine({ playbookDir: folder.dir, templatesDir });
  life = lifeOf(engine);
});
afterAll(async () => {
  await engine?.close();
  await folder?.remove();
  await rm(templatesDir, { recursive: true, force: true });
});

function cadence(steps: string): string {
  return `name: Trip\nenroll: { when: { source: trip } }\npriority: 10\nsteps:${steps}\nwhenDone: dormant\n`;
}

const writeSteps = (steps: string) => writeFile(path.join(folder.dir, 'cadences', 'trip.yaml'), cadence(steps));

async function publish(choice: PublishChoice): Promise<Publication> {
  const { data } = await publishCommand(engine.config, { author: 'Helen', ...choice });
  const publication = data as Publication;
  await expect.poll(() => engine.store.rules.current().revision).toBe(publication.revision);
  for (const run of publication.runs) engine.bulkRuns.tell(run);
  return publication;
}

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
  await writeSteps(NEW);
  const begun = await publish({ canary: 50 });
  expect(begun.changes).toEqual([{ file: 'cadences/trip.yaml', change: 'changed' }]);
  const leads = await enroll(12);
  for (const { id, revision } of leads) expect(revision).toBe(isOfCanary('trip', id, 50) ? 2 : 1);
  const tried = leads.filter(({ revision }) => revision === 2);
  expect((await cadenceShow(engine.config, 'trip', {})).text).toContain(
    `A canary runs: 50 % of new enrollments get revision 2, ${tried.length} so far`,
  );

  // The same files change nothing, others would end it in passing.
  expect(await publish({})).toMatchObject({ revision: begun.revision, changes: [] });
  await writeSteps(OLD);
  await expect(publish({ again: true })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(publish({ amend: true })).rejects.toMatchObject({ code: 'CONFLICT' });
  await writeSteps(NEW);

  const halted = await publish({ halt: 'too many unsubscribes', migrate: true });
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
  await expect(publish({})).rejects.toMatchObject({ code: 'PLAYBOOK_EARLIER' });
  await expect(publish({ halt: 'again' })).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('promoted, everybody who comes in gets it, and the files say nothing new', async () => {
  await publish({ canary: 5, again: true });
  const wider = await publish({ canary: 40, cadence: 'trip' });
  expect(wider.revision).toBe(await newestRevision(engine.db));
  const id = (await enroll(1))[0]?.id ?? '';
  const before = await revisionOf(id);
  const promoted = await publish({ promote: true });
  for (const { revision } of await enroll(4)) expect(revision).toBe(2);
  expect(await revisionOf(id)).toBe(before);
  expect(await publish({})).toMatchObject({ revision: promoted.revision, changes: [] });
  await expect(publish({ canary: 5 })).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('going back to a revision that had a canary gives the words that were in force then', async () => {
  const inForce = () => engine.store.rules.current().cadences.get('trip');
  const before = inForce();
  const file = path.join(templatesDir, 'plain.mjml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^subject: .*$/m, 'subject: "Words to try"'));
  const tried = await publish({ canary: 30 });
  await publish({ halt: 'nobody liked the words' });
  expect(await publish({ revision: tried.revision })).toMatchObject({ changes: [] });
  expect(inForce()).toBe(before);
});
