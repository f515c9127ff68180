/** A canary in the API: how it is shown, compared, promoted and halted, by a person and by itself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCanaryWatch } from '../../src/api/canary-watch.ts';
import { cadenceList } from '../../src/cli/cadence.ts';
import { cadenceResults } from '../../src/cli/cadence-results.ts';
import { publishCommand, type PublishChoice } from '../../src/cli/publish.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { playbookWith } from '../crash/playbook.ts';
import { trip } from '../workflows/published-folders.ts';
import { type Bench, openApi } from './support.ts';

const OLD = '\n  - { id: one, email: plain }';
const NEW = `${OLD}\n  - { id: more, wait: 10 days }\n  - { id: two, email: other }`;

let api: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
let templatesDir: string;
beforeAll(async () => {
  folder = await playbookWith({ trip: trip(OLD) });
  templatesDir = await mkdtemp(path.join(tmpdir(), 'nurture-templates-'));
  await cp(path.join(import.meta.dirname, '../fixtures/templates'), templatesDir, { recursive: true });
  api = await openApi({ playbookDir: folder.dir, templatesDir });
});
afterAll(async () => {
  await api?.close();
  await folder?.remove();
  await rm(templatesDir, { recursive: true, force: true });
});

async function publish(steps: string, choice: PublishChoice): Promise<number> {
  await writeFile(path.join(folder.dir, 'cadences', 'trip.yaml'), trip(steps));
  const { data } = await publishCommand(api.engine.config, { author: 'Helen', ...choice });
  const { revision } = data as { revision: number };
  await untilInForce(revision);
  return revision;
}

async function untilInForce(revision: number): Promise<void> {
  await expect.poll(() => api.engine.store.rules.current().revision).toBe(revision);
}

let count = 0;
/** Leads of a revision that got its first mail, which is not tracked for two of them; so many of them unsubscribed by it. In the arm ‘a’ of a split, every second in ‘b’. */
async function lived(revision: number, leads: number, unsubscribed: number): Promise<void> {
  count += 1;
  const prefix = `c${count}-`;
  const { db } = api;
  const { id } = await db.cadenceRevision.findFirstOrThrow({ where: { cadence: 'trip', number: revision } });
  await db.$executeRaw`INSERT INTO leads (id, email, score_at, updated_at)
    SELECT ${prefix} || n, ${prefix} || n || '@canaries.example', now(), now() FROM generate_series(1, ${leads}) n`;
  await db.$executeRaw`INSERT INTO enrollments (id, lead_id, cadence, revision_id, status, via, waiting_from, stepped_at, started_at, ended_at)
    SELECT 'e' || ${prefix} || n, ${prefix} || n, 'trip', ${id}, 'ended', 'trigger', 'more', now(), now(), now() FROM generate_series(1, ${leads}) n`;
  await db.$executeRaw`INSERT INTO sends (id, key, lead_id, enrollment_id, step_id, pass, template_key, status, attempt, untracked, occurred_at)
    SELECT 's' || ${prefix} || n, ${prefix} || n, ${prefix} || n, 'e' || ${prefix} || n, 'one', 1, 'plain', 'sent', 'x', CASE WHEN n > ${leads} - 2 THEN 'all' END, now() + interval '1 second'
    FROM generate_series(1, ${leads}) n`;
  await db.$executeRaw`INSERT INTO events (id, lead_id, type, machine, send_id, occurred_at)
    SELECT 'u' || kind || ${prefix} || n, ${prefix} || n, kind, kind = 'email.clicked' AND n = 2, 's' || ${prefix} || n, now() + interval '1 minute'
    FROM generate_series(1, ${leads}) n, unnest(ARRAY['unsubscribed', 'email.clicked']) kind WHERE n <= ${unsubscribed}`;
  await db.$executeRaw`INSERT INTO split_arms (enrollment_id, step_id, lead_id, cadence, arm, occurred_at)
    SELECT 'e' || ${prefix} || n, 'fork', ${prefix} || n, 'trip', CASE n % 2 WHEN 0 THEN 'b' ELSE 'a' END, now() FROM generate_series(1, ${leads}) n`;
}

test('it is listed with its share, its leads and since when; its results stand beside the revision in force', async () => {
  await publish(NEW, { canary: 10 });
  await lived(2, 20, 3);
  await lived(1, 100, 1);
  const listed = await api.get('/v1/cadences', api.keys.rep);
  expect(listed.body.items?.find(({ cadence }) => cadence === 'trip')).toMatchObject({
    revision: { number: 1 },
    canary: { revision: 2, percent: 10, leads: 20, since: expect.stringMatching(/^20/) },
  });
  expect((await cadenceList(api.engine.config)).text).toContain('revision 2 for 10%: 20 leads since');

  const { body } = await api.get('/v1/cadences/trip/results', api.keys.marketer);
  expect(body).toMatchObject({
    canary: {
      revision: 2,
      until: null,
      haltedBecause: null,
      // A machine's click is none.
      result: {
        entered: 20,
        mailed: 20,
        tracked: 18,
        clicked: 2,
        unsubscribed: 3,
        left: [{ stepId: 'more', leads: 20 }],
      },
      inForce: { revision: 1, result: { entered: 100, messages: 100, unsubscribed: 1, goals: 0 } },
    },
    splits: [
      {
        stepId: 'fork',
        arms: [
          { arm: 'a', result: { entered: 60, unsubscribed: 3 } },
          { arm: 'b', result: { entered: 60, unsubscribed: 1, clicked: 0 } },
        ],
      },
    ],
  });
  const { text } = await cadenceResults(api.engine.config, 'trip');
  expect(text).toMatch(/Unsubscribed\s*│ 3 \(15%\)\s*│ 1 \(1%\)/);
  expect(text).toContain('Split ‘fork’');
  expect((await api.get('/v1/cadences/none/results')).body.code).toBe('CADENCE_UNKNOWN');
});

test('who was ready for sales, and the holdout of a split, did not leave it, as in the report of cadences', async () => {
  const end = async (reason: string, leads: number): Promise<unknown> =>
    api.db.$executeRaw`UPDATE enrollments SET end_reason = ${reason} WHERE id IN (
      SELECT e.id FROM enrollments e JOIN cadence_revisions r ON r.id = e.revision_id
      WHERE r.cadence = 'trip' AND r.number = 2 AND e.end_reason IS NULL ORDER BY e.id LIMIT ${leads})`;
  await end('qualified by a person', 3);
  await end('held out by the split ‘fork’', 4);
  await end('unsubscribed', 5);
  const { body } = await api.get('/v1/cadences/trip/results', api.keys.marketer);
  expect(body).toMatchObject({
    canary: {
      result: { entered: 20, goals: 0, completed: 0, ready: 3, heldOut: 4, left: [{ stepId: 'more', leads: 13 }] },
    },
  });
  const { text } = await cadenceResults(api.engine.config, 'trip');
  expect(text).toMatch(/Ready for sales\s*│ 3 \(15%\)\s*│ 0/);
  expect(text).toMatch(/Held out\s*│ 4 \(20%\)\s*│ 0/);
  expect(text).toMatch(/Left at more\s*│ 13\s*│ 100/);
});

test('a marketer promotes and halts it, on record', async () => {
  const promoted = await api.post('/v1/cadences/trip/canary/promote', { note: 'it works' }, api.keys.marketer);
  expect(promoted).toMatchObject({ status: 200, body: { revision: 3, runs: [] } });
  await untilInForce(3);
  expect((await api.post('/v1/cadences/trip/canary/promote')).body.code).toBe('CONFLICT');
  await publish(OLD, { canary: 10, again: true });
  expect((await api.post('/v1/cadences/trip/canary/halt', {})).status).toBe(400);
  const halted = await api.post('/v1/cadences/trip/canary/halt', { reason: 'a wrong price', migrate: true });
  expect(halted).toMatchObject({ status: 200, body: { revision: 5 } });
  await untilInForce(5);
  expect((await api.get('/v1/cadences/trip/results')).body).toMatchObject({
    canary: { revision: 1, until: expect.any(String), haltedBecause: 'a wrong price' },
  });
  const rows = await api.db.audit.findMany({ where: { action: { startsWith: 'playbook.' } }, orderBy: { id: 'asc' } });
  expect(rows.map(({ action, actor, data }) => [action, actor.split('-')[0], data])).toEqual([
    ['playbook.promoted', 'key', { revision: 3 }],
    ['playbook.halted', 'key', { revision: 5, because: 'a wrong price' }],
  ]);
  expect((await api.get('/v1/attention?kind=canary-halted')).body.items).toEqual([]);
});

test('it is halted by itself when clearly more unsubscribe, not before', async () => {
  const watch = createCanaryWatch({
    db: api.db,
    rules: api.engine.store.rules,
    log: createLogger(api.engine.config, 'api'),
    // Its looks come from the test alone: one of its own would find what the test is about to.
    everyMs: 3_600_000,
  });
  try {
    const base = await publish(OLD, { canary: 20, again: true });
    await lived(1, 49, 20);
    expect(await watch.runNow()).toEqual([]);
    await lived(1, 31, 0);
    await lived(2, 400, 4);
    expect(await watch.runNow()).toEqual(['trip']);
    await untilInForce(base + 1);
    expect(await watch.runNow()).toEqual([]);
    expect((await api.get('/v1/attention?kind=canary-halted')).body.items).toMatchObject([
      {
        ref: String(base + 1),
        reason: expect.stringMatching(
          /^Canary of ‘trip’ halted: 20 of 80 leads \(25%\) unsubscribed, with the revision in force 4 of 400 leads/,
        ),
      },
    ]);
    expect((await api.get('/v1/attention?kind=canary-halted', api.keys.rep)).body.items).toEqual([]);
    await publish(OLD, { again: true });
    expect((await api.get('/v1/attention?kind=canary-halted')).body.items).toEqual([]);
  } finally {
    await watch.close();
  }
});
