/** `scoring backtest` and `scoring learn`, on a database with outcomes. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishFolders } from '../../src/cli/publish.ts';
import { scoringBacktest, scoringLearn } from '../../src/cli/scoring.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { type Config, loadConfig } from '../../src/runtime/config.ts';
import { closeDb, createDb } from '../../src/store/db.ts';
import { playbookWith } from '../crash/playbook.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

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

/** Leads of a partner are won four times of five, those of a fair one time of five; what they did tells nothing. */
async function live(): Promise<void> {
  const db = createDb(database.url, { max: 1 });
  try {
    const rep = await db.rep.findFirstOrThrow();
    await db.$executeRaw`
      WITH given AS (
        SELECT n, n % 2 = 0 AS partner, (n / 2) % 5 AS fifth, '2026-01-01'::timestamptz + n * interval '1 day' AS at
        FROM generate_series(1, ${HAND_OFFS}::int) n),
      facts AS (SELECT *, CASE WHEN partner THEN fifth > 0 ELSE fifth = 0 END AS won FROM given),
      led AS (
        INSERT INTO leads (id, email, stage, need_id, source, fit_grade, score_at, created_at, updated_at)
        SELECT 'lead-' || n, 'p@one-' || n || '.example', CASE WHEN won THEN 'customer' ELSE 'no-need' END, 'need-' || n,
          CASE WHEN partner THEN 'partner' ELSE 'fair' END, 'C', at, at, at FROM facts),
      needed AS (
        INSERT INTO needs (id, lead_id, stage, outcome, opened_at, closed_at)
        SELECT 'need-' || n, 'lead-' || n, CASE WHEN won THEN 'customer' ELSE 'no-need' END,
          CASE WHEN won THEN 'won' ELSE 'lost' END, at, at + interval '9 days' FROM facts)
      INSERT INTO assignments (id, lead_id, need_id, rep_id, team, rule, status, reason, offered_at, decided_at, created_at)
      SELECT 'asg-' || n, 'lead-' || n, 'need-' || n, ${rep.id}, 'north', 'the-rest',
        CASE WHEN won OR n % 3 > 0 THEN 'accepted' ELSE 'rejected' END::assignment_status,
        CASE WHEN won OR n % 3 > 0 THEN NULL ELSE 'too-early' END, at, at, at FROM facts`;
  } finally {
    await closeDb(db);
  }
}

test('without outcomes both say so, and nothing is guessed or written', async () => {
  expect((await scoringBacktest(config)).text).toContain('No rep has decided on a lead yet');
  const learned = await scoringLearn(config, { goal: 'won', write: true });
  expect(learned).toMatchObject({ exitCode: 1, data: { enough: false, written: null } });
  expect(learned.text).toContain('There are too few outcomes to learn from: 0 hand-offs were won, 0 were not.');
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
  const { data, exitCode } = await scoringLearn(config, { goal: 'won', write: true });
  expect({ data, exitCode }).toMatchObject({ exitCode: 0, data: { written: path.join(folder.dir, 'learned.yaml') } });
  expect(await readFile(path.join(folder.dir, 'learned.yaml'), 'utf8')).toContain(`outcomes: ${HAND_OFFS}`);
  expect(loadPlaybook(folder.dir).scoring.learned).toMatchObject({ goal: 'won', outcomes: HAND_OFFS });
});
