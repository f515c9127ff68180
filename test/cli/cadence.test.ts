/** `cadence list` and `cadence show` on a database where leads went through a cadence. */
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cadenceResults } from '../../src/cli/cadence-results.ts';
import { cadenceList, cadenceShow } from '../../src/cli/cadence.ts';
import { playbookList } from '../../src/cli/playbook-list.ts';
import { publishFolders } from '../../src/cli/publish.ts';
import { loadConfig, type Config } from '../../src/runtime/config.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { closeDb, createDb, type Db } from '../../src/store/db.ts';
import { Prisma } from '../../src/store/generated/client.ts';
import { matchSql } from '../../src/store/lists/lead-match.ts';
import { pauseScope } from '../../src/store/pauses.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
/** With more of them it says how long `show` took: `CADENCE_LEADS=99900 npm test -- test/cli/cadence.test.ts`. */
const LEADS = Number(process.env['CADENCE_LEADS'] ?? 300);

let database: TestDatabase;
let db: Db;
let config: Config;

beforeAll(async () => {
  database = await createTestDatabase();
  config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    PLAYBOOK_DIR: path.join(ROOT, 'playbook'),
    TEMPLATES_DIR: path.join(ROOT, 'templates'),
  });
  await migrate(database.url);
  await publishFolders(config, { author: 'Helen' });
  db = createDb(database.url, { max: 1 });
  await enroll();
});
afterAll(async () => {
  if (db !== undefined) await closeDb(db);
  await database?.drop();
});

/**
 * A third each: waits before ‘case-study’; stands at ‘checklist-clicked’; is through. Everybody got ‘checklist’; every third clicked twice
 * in it, and a machine did in each. Every tenth of those that are through replied and unsubscribed by ‘case-study’.
 */
async function enroll(): Promise<void> {
  await db.$executeRaw`INSERT INTO leads (id, email, score_at, updated_at)
    SELECT 'lead_' || n, 'a' || n || '@firm.example', now(), now() FROM generate_series(0, ${LEADS - 1}) n`;
  await db.$executeRaw`INSERT INTO enrollments (id, lead_id, cadence, revision_id, status, via, step_id, stepped_at, started_at, ended_at)
    SELECT 'enr_' || n, 'lead_' || n, 'ebook-resources', r.id,
      (CASE WHEN n % 3 = 2 THEN 'completed' ELSE 'active' END)::enrollment_status, 'trigger',
      CASE n % 3 WHEN 0 THEN 'case-study' WHEN 1 THEN 'checklist-clicked' END, now(), now(), CASE n % 3 WHEN 2 THEN now() END
    FROM generate_series(0, ${LEADS - 1}) n, cadence_revisions r WHERE r.cadence = 'ebook-resources'`;
  await db.$executeRaw`INSERT INTO sends (id, key, lead_id, enrollment_id, step_id, pass, template_key, status, attempt, occurred_at)
    SELECT 'send_' || step || n, step || n, 'lead_' || n, 'enr_' || n, step, 1, 'x', status::send_status, 'x', now()
    FROM generate_series(0, ${LEADS - 1}) n,
      (VALUES ('checklist', 'sent'), ('case-study', 'sent'), ('consultation', 'skipped')) AS mail(step, status)
    WHERE step = 'checklist' OR n % 3 = 2`;
  await db.$executeRaw`INSERT INTO events (id, lead_id, type, machine, send_id, occurred_at)
    SELECT 'e' || n || kind, 'lead_' || n, 'email.clicked', kind = 'machine', 'send_checklist' || n, now()
    FROM generate_series(0, ${LEADS - 1}) n, unnest(ARRAY['once', 'again', 'machine']) kind WHERE kind = 'machine' OR n % 3 = 0`;
  await db.$executeRaw`INSERT INTO events (id, lead_id, type, send_id, occurred_at)
    SELECT type || n, 'lead_' || n, type, 'send_case-study' || n, now()
    FROM generate_series(0, ${LEADS - 1}) n, unnest(ARRAY['reply.received', 'unsubscribed']) type WHERE n % 30 = 2`;
  // As autovacuum does of a base that has grown.
  await db.$executeRaw`ANALYZE`;
}

test('who waits in a step stands at the wait until its time is over, on the lead’s own clock', async () => {
  const hours = (n: number) => `${n} hours`;
  const put = async (
    n: number,
    due: string,
    more: { because?: string; reached?: string; ahead?: number; awaits?: string } = {},
  ) => {
    await db.$executeRaw`INSERT INTO leads (id, email, score_at, updated_at, clock_offset_ms, awaiting)
      VALUES (${`waits_${n}`}, ${`w${n}@firm.example`}, now(), now(), ${BigInt(more.ahead ?? 0)}, ${more.awaits ?? null}::jsonb)`;
    await db.$executeRaw`INSERT INTO enrollments (id, lead_id, cadence, revision_id, status, via, step_id, waiting_from, waiting_since, due_at,
        due_because, reached_at, stepped_at, started_at)
      SELECT ${`run_${n}`}, ${`waits_${n}`}, 'ebook-resources', r.id, 'active', 'trigger', 'how-interested', 'let-it-sink-in',
        now() - interval '2 days', now() + ${due}::interval, ${more.because ?? null}, now() + ${more.reached ?? null}::interval, now(), now()
      FROM cadence_revisions r WHERE r.cadence = 'ebook-resources'`;
  };
  await put(1, hours(5));
  await put(2, hours(5), { ahead: 3_600_000 });
  // All others have been through the wait.
  await put(3, hours(-1));
  await put(4, hours(5), { because: 'a cap' });
  await put(5, hours(5), { reached: hours(-1) });
  await put(6, hours(5), { ahead: 6 * 3_600_000 });
  await put(7, hours(5), { awaits: JSON.stringify([{ enrollmentId: 'run_7', stepId: 'how-interested' }]) });
  try {
    const { data, text } = await cadenceShow(config, 'ebook-resources', {});
    const { steps, answer } = data as { steps: { id: string; here: number }[]; answer: unknown };
    const here = (id: string) => steps.find((step) => step.id === id)?.here;
    expect(here('let-it-sink-in')).toBe(2);
    expect(here('how-interested')).toBe(5);
    expect(text).toMatch(/let-it-sink-in: .* 2 here/);
    expect((await cadenceShow(config, 'ebook-resources', { mermaid: true })).text).toMatch(/let-it-sink-in: .*2 here/);
    const listed = async (step: string) => {
      const where = Prisma.join(matchSql({ at: { cadence: 'ebook-resources', step } }), ' AND ');
      return (await db.$queryRaw<{ id: string }[]>`SELECT l.id FROM leads l WHERE ${where} ORDER BY l.id`).map(
        ({ id }) => id,
      );
    };
    expect(await listed('let-it-sink-in')).toEqual(['waits_1', 'waits_2']);
    expect(await listed('how-interested')).toEqual(['waits_3', 'waits_4', 'waits_5', 'waits_6', 'waits_7']);
    expect(answer).toEqual([{ template: 'ebook-welcome' }]);
    expect(text).toContain('Answer at once: email ‘ebook-welcome’');
  } finally {
    await db.$executeRaw`DELETE FROM leads WHERE id LIKE 'waits_%'`;
  }
});

test('list has each cadence with its revision and how many leads are in it', async () => {
  const { data, text } = await cadenceList(config);
  const { cadences } = data as { cadences: { cadence: string; enrolled: number; inForce: boolean }[] };
  expect(cadences.find(({ cadence }) => cadence === 'ebook-resources')).toMatchObject({
    enrolled: (LEADS * 2) / 3,
    inForce: true,
    revision: 1,
  });
  expect(text).toContain('trade-show-offer');
});

test('show has, at each step, who stands there and what people did; machines do not count', async () => {
  const since = performance.now();
  const { data, text } = await cadenceShow(config, 'ebook-resources', {});
  if (LEADS >= 90_000) console.log(`cadence show with ${LEADS} enrolled: ${Math.round(performance.now() - since)} ms`);
  const third = LEADS / 3;
  const { entered, steps } = data as { entered: number; steps: { id: string }[] };
  expect(entered).toBe(LEADS);
  const at = (id: string) => steps.find((step) => step.id === id);
  expect(at('checklist')).toMatchObject({ here: 0, sent: LEADS, clicked: third, replied: 0, unsubscribed: 0 });
  expect(at('checklist-clicked')).toMatchObject({ here: third, sent: 0 });
  expect(at('case-study')).toMatchObject({
    here: third,
    sent: third,
    clicked: 0,
    replied: third / 10,
    unsubscribed: third / 10,
  });
  expect(at('consultation')).toMatchObject({ sent: 0, skipped: third });
  expect(text).toContain(`${LEADS} enrolled in all, ${2 * third} now`);
  expect(text).toMatch(new RegExp(`case-study: .* ${third} here · sent ${third}, replied ${third / 10}, unsubscribed`));
  expect(text).toContain('├─ not within 4 days → case-study');
});

test('both say what is paused, why, and how it goes on', async () => {
  await pauseScope(db, 'cadence:ebook-resources', { by: 'key-01', reason: 'a wrong price' });
  await pauseScope(db, 'sending', { by: 'key-01' });
  try {
    const { text } = await cadenceList(config);
    expect(text).toContain('ebook-resources (paused)');
    expect(text).toMatch(
      /All sending to leads is paused since .* UTC by key-01\. To go on: npx nurture sending resume$/,
    );
    expect((await cadenceShow(config, 'ebook-resources', {})).text).toMatch(
      /\nAll sending .*\nCadence ‘ebook-resources’ is paused since .* UTC by key-01: a wrong price\. To go on: npx nurture cadence resume ebook-resources\n/,
    );
    expect((await cadenceShow(config, 'trade-show-offer', {})).text).not.toContain(
      'Cadence ‘trade-show-offer’ is paused',
    );
  } finally {
    await db.pause.deleteMany();
  }
});

test('playbook list says which earlier revision a roll back is the same as', async () => {
  const [first] = await db.$queryRaw<
    { number: number }[]
  >`SELECT number FROM playbook_revisions ORDER BY number LIMIT 1`;
  const other = await playbookList(config);
  expect(other.text).not.toContain('the same as');
  const [columns] = await db.$queryRaw<{ names: string }[]>`SELECT string_agg(quote_ident(column_name), ', ') AS names
    FROM information_schema.columns WHERE table_name = 'playbook_revisions' AND column_name <> 'number'`;
  for (const number of [901, 902])
    await db.$executeRawUnsafe(
      `INSERT INTO playbook_revisions (number, ${columns?.names}) SELECT ${number}, ${columns?.names} FROM playbook_revisions WHERE number = ${first?.number}`,
    );
  await db.$executeRaw`UPDATE playbook_revisions SET hash = 'other' WHERE number = 901`;
  try {
    const { text, data } = await playbookList(config);
    expect(text.match(/the same as playbook revision \d+/g)).toEqual([
      `the same as playbook revision ${first?.number}`,
    ]);
    expect(data).toMatchObject({
      revisions: [{ number: 902, sameAs: first?.number }, { number: 901, sameAs: null }, {}],
    });
  } finally {
    await db.$executeRaw`DELETE FROM playbook_revisions WHERE number > 900`;
  }
});

test('results show the arms that nobody has got yet', async () => {
  const { text, data } = await cadenceResults(config, 'ebook-resources');
  expect(text).toMatch(/Split ‘pause’[^]*one-week[^]*two-weeks[^]*Entered[^]*0[^]*0/);
  expect(data).toMatchObject({
    splits: [{ stepId: 'pause', arms: [{ arm: 'one-week', result: { entered: 0 } }, { arm: 'two-weeks' }] }],
  });
});

test('a cadence that is not there is asked for by its right name', async () => {
  await expect(cadenceShow(config, 'ebook-resource', {})).rejects.toMatchObject({
    code: 'CADENCE_UNKNOWN',
    message: 'There is no published cadence "ebook-resource"; did you mean "ebook-resources"?',
  });
});
