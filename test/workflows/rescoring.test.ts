/** Scores made anew after a publish: a durable run that marks who is ready, or hands them over at a pace, and may be stopped. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planCommand } from '../../src/cli/plan.ts';
import { publishCommand, type PublishChoice } from '../../src/cli/publish.ts';
import { runInWords } from '../../src/cli/run-words.ts';
import { runView } from '../../src/api/resources/bulk-runs.ts';
import { changeRun, readRun, type Run } from '../../src/store/bulk/runs.ts';
import type { Publication } from '../../src/store/rules/publish-revision.ts';
import { leadsWhere } from '../../src/store/bulk/leads-where.ts';
import { playbookWith } from '../crash/playbook.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
let folder: { dir: string; remove(): Promise<void> };
beforeAll(async () => {
  folder = await playbookWith({});
  engine = await startEngine({ playbookDir: folder.dir });
  life = lifeOf(engine);
});
afterAll(async () => {
  await engine?.close();
  await folder?.remove();
});

const scoringFile = (): string => path.join(folder.dir, 'scoring.yaml');
async function writeScoring(change: (yaml: string) => string): Promise<void> {
  await writeFile(scoringFile(), change(await readFile(scoringFile(), 'utf8')));
}

async function publish(choice: PublishChoice): Promise<{ text: string; run: string }> {
  const { data, text } = await publishCommand(engine.config, { author: 'Helen', ...choice });
  const { revision, runs } = data as Publication;
  await expect.poll(() => engine.store.rules.current().revision).toBe(revision);
  for (const run of runs) engine.bulkRuns.tell(run);
  return { text, run: runs.at(-1) ?? '' };
}

const run = (id: string, isSo: (run: Run) => boolean): Promise<Run | null> =>
  engine.until(
    () => readRun(engine.db, id),
    (one) => one !== null && isSo(one),
  );

/** A lead in the nurture pool with so many points: views of a page. */
async function viewer(name: string, views: number): Promise<string> {
  const leadId = await engine.submit({ email: `someone@${name}.example`, source: 'drip' });
  await engine.untilStage(leadId, 'nurturing');
  await engine.record(...Array.from({ length: views }, () => ({ leadId, type: 'page.viewed' })));
  return leadId;
}

const marked = (): Promise<string[]> =>
  leadsWhere(
    engine.db,
    {
      when: { marked: true },
      segments: new Map(),
      fading: engine.store.rules.current().playbook.scoring,
      atMs: Date.now() + 60_000,
    },
    null,
    10,
  );

test('ready leads are marked or handed over, as the publisher says; the plan says beforehand how many', async () => {
  const keen = await viewer('keen', 6);
  const keener = await viewer('keener', 8);
  const cold = await viewer('cold', 1);
  await writeScoring((yaml) => yaml.replace('event: page.viewed, points: 2', 'event: page.viewed, points: 10'));
  const plan = await planCommand(engine.config, { mode: 'pinned' });
  expect(plan.text).toContain('2 would newly qualify: 2 of grade C');
  expect(plan.text).toContain('--rescore hand-off  the same, and hands the 2 over');

  const { text, run: marking } = await publish({ rescore: 'mark' });
  expect(text).toContain('Leads that are ready by them are marked');
  const done = await run(marking, ({ status }) => status === 'done');
  expect(done).toMatchObject({ kind: 'rescore', done: 3, total: 3, outcomes: { marked: 2, rescored: 1 } });
  expect((await marked()).toSorted()).toEqual([keen, keener].toSorted());
  for (const leadId of [keen, keener]) {
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'nurturing', armed: true });
    expect(await life.audits(leadId, 'lead.rescored')).toMatchObject([{ data: { gradeTo: 'C', marked: true } }]);
  }
  // The ledger has one entry an event that counts, and what it said before is history.
  const entries = await engine.db.scoreEntry.findMany({ where: { leadId: keen } });
  expect(entries.filter(({ replacedBy }) => replacedBy === null).map(({ points }) => points)).toEqual(
    Array(6).fill(10),
  );
  expect(entries.filter(({ replacedBy }) => replacedBy === marking)).toHaveLength(6);

  // Its next engagement hands a marked lead over.
  await engine.record({ leadId: keen, type: 'page.viewed' });
  await life.offered(keen);
  expect(await marked()).toEqual([keener]);

  // Two more are ready by other rules. One is handed over at once, the readiest; the next has to wait for its time.
  await writeScoring((yaml) => yaml.replace('C: 50', 'C: 5'));
  const { run: handing, text: said } = await publish({ rescore: 'hand-off', perHour: 20 });
  expect(said).toContain('handed over, the readiest first, 20 in an hour at most');
  await life.offered(keener);
  const resting = await run(handing, ({ outcomes }) => outcomes['handed-over'] === 1);
  expect(resting).toMatchObject({ status: 'running', outcomes: { waiting: 0, 'handed-over': 1 } });
  expect(await engine.lead(cold)).toMatchObject({ stage: 'nurturing', armed: true });
  expect(runInWords((await runView(engine.db, resting as Run)) as never)).toContain(
    'ready leads are handed over, 20 in an hour at most',
  );
  // A stop reaches a run that rests.
  await changeRun(engine.db, handing, 'canceled', 'test');
  engine.bulkRuns.tell(handing);
  await engine.handle(handing).result();
  expect(await marked()).toEqual([cold]);

  // A further run takes up what the first left: nobody is forgotten, nobody is handed over twice.
  const { run: rest } = await publish({ rescore: 'hand-off', perHour: 3_600 });
  await life.offered(cold);
  expect(await run(rest, ({ status }) => status === 'done')).toMatchObject({
    outcomes: { same: 3, 'handed-over': 1 },
  });
  for (const leadId of [keen, keener, cold]) expect(await life.assignments(leadId)).toHaveLength(1);
  const [audit] = await life.audits(cold, 'lead.qualified');
  expect(audit?.data).toMatchObject({ by: 'rescoring' });
});
