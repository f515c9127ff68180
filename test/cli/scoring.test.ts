/** `scoring backtest` and `scoring learn`, on a database with outcomes. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishFolders } from '../../src/cli/publish.ts';
import { reportShow } from '../../src/cli/reports.ts';
import { scoringBacktest, scoringLearn } from '../../src/cli/scoring.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { type Config, loadConfig } from '../../src/runtime/config.ts';
import { closeDb, createDb } from '../../src/store/db.ts';
import { playbookWith } from '../crash/playbook.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { writeOutcomes } from '../support/outcomes.ts';

const HAND_OFFS = 240;

let database: TestDatabase;
let folder: { dir: string; remove(): Promise<void> };
let config: Config;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await playbookWith({});
  config = loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    PLAYBOOK_DIR: folder.dir,
    TEMPLATES_DIR: path.join(import.meta.dirname, '..', 'fixtures', 'templates'),
  });
  await publishFolders(config, { author: 'test' });
});
afterAll(async () => {
  await folder?.remove();
  await database?.drop();
});

const written = (): Promise<boolean> =>
  stat(path.join(folder.dir, 'learned.yaml')).then(
    () => true,
    () => false,
  );

async function live(): Promise<void> {
  const db = createDb(database.url, { max: 1 });
  try {
    await writeOutcomes(db, (await db.rep.findFirstOrThrow()).id, HAND_OFFS);
  } finally {
    await closeDb(db);
  }
}

test('without outcomes both say so, and nothing is guessed or written', async () => {
  expect((await scoringBacktest(config)).text).toContain('No rep has decided on a lead yet');
  const learned = await scoringLearn(config, { goal: 'won', write: true });
  expect(learned).toMatchObject({ exitCode: 1, data: { enough: false, written: null } });
  const tooFew = 'There are too few outcomes to learn from: 0 hand-offs were won, 0 were not.';
  expect(learned.text).toContain(tooFew);
  expect((await reportShow(config, 'scoring', {})).text).toContain(tooFew);
  expect(await written()).toBe(false);
});

test('a backtest counts what became of each hand-off, by grade, with the most frequent reason', async () => {
  await live();
  const { data, text } = await scoringBacktest(config);
  const { all } = data as { all: { handOffs: number; won: number; rejected: number; lost: number; reason: string } };
  expect(all).toMatchObject({ handOffs: HAND_OFFS, won: HAND_OFFS / 2, reason: 'too-early' });
  expect(all.rejected + all.lost).toBe(HAND_OFFS / 2);
  expect(text).toContain(`${HAND_OFFS} hand-offs that a rep decided on: ${HAND_OFFS / 2} won`);
  expect(text).toContain('Grades are those that the leads had then.');
});

test('what is learned says how much better than the rules it is; the file is a part of the playbook', async () => {
  const looked = await scoringLearn(config, { goal: 'won' });
  expect(looked).toMatchObject({ exitCode: 0, data: { enough: true, better: true, written: null } });
  expect(await written()).toBe(false);
  expect(looked.text).toMatch(/source partner instead of the rare ones: [\d.]+ times the odds/);
  expect(looked.text).toContain('It is better than the rules.');
  expect(barsOf(looked.text)).toHaveLength(10);
  const { data, exitCode } = await scoringLearn(config, { goal: 'won', write: true });
  expect({ data, exitCode }).toMatchObject({ exitCode: 0, data: { written: path.join(folder.dir, 'learned.yaml') } });
  expect(await readFile(path.join(folder.dir, 'learned.yaml'), 'utf8')).toContain(`outcomes: ${HAND_OFFS}`);
  expect(loadPlaybook(folder.dir).scoring.learned).toMatchObject({ goal: 'won', outcomes: HAND_OFFS });
});

test('the report draws the same, for each fifth what was predicted above what came true', async () => {
  const { text } = await reportShow(config, 'scoring', { since: '2025-12-01', until: '2026-12-31' });
  const bars = barsOf(text);
  expect(bars).toEqual(barsOf((await scoringLearn(config, { goal: 'won' })).text));
  const [least, most] = [bars[0], bars.at(-1)];
  expect(least?.title).toBe('Predicted');
  expect(most?.title).toBe('Came true');
  // As long as their shares: the longest has 40 letters.
  const highest = Math.max(...bars.map(({ percent }) => percent));
  for (const { length, percent } of bars) expect(length).toBe(Math.round((percent / highest) * 40));
  expect(Number(most?.percent)).toBeGreaterThan(60);
  expect(Number(least?.percent)).toBeLessThan(40);
});

/** Lines such as "The least likely fifth  Predicted  ███  21.2%". */
function barsOf(text: string): { title: string; length: number; percent: number }[] {
  return [...text.matchAll(/(Predicted|Came true) +(█*) +([\d.]+)%/g)].map(([, title = '', bar = '', percent]) => ({
    title,
    length: bar.length,
    percent: Number(percent),
  }));
}
