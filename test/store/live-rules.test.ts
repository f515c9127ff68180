/** The rules of a process that runs: what is published is taken up, also when its announcement is lost. */
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Step } from '../../src/domain/cadence.ts';
import { openRules } from '../../src/playbook/open-rules.ts';
import { endCampaign, putCampaign } from '../../src/store/campaigns/put-campaign.ts';
import { RULES_CHANNEL } from '../../src/store/rules/channel.ts';
import type { LiveRules } from '../../src/store/rules/live-rules.ts';
import { CADENCE, publishContent } from './publish-content.ts';
import { openBench, type Bench } from './support.ts';

const NEVER_MS = 3_600_000;

let bench: Bench;
let said: string[];
const opened: LiveRules[] = [];
beforeEach(async () => {
  bench = await openBench();
  said = [];
});
afterEach(async () => {
  for (const rules of opened.splice(0)) await rules.close();
  await bench[Symbol.asyncDispose]();
});

/** A process as far as its rules go. What it logs is kept. */
async function open(lookEveryMs = NEVER_MS): Promise<LiveRules> {
  const log = pino(
    { level: 'info' },
    { write: (line: string) => void said.push((JSON.parse(line) as { msg: string }).msg) },
  );
  const rules = await openRules({ db: bench.db, databaseUrl: bench.url, log, lookEveryMs });
  opened.push(rules);
  return rules;
}

const revisionOf = (rules: LiveRules) => () => rules.current().revision;
const count = async (sql: string): Promise<number> =>
  (await bench.db.$queryRawUnsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${sql}`))[0]?.n ?? 0;
const LISTENERS = "pg_stat_activity WHERE datname = current_database() AND application_name = 'nurture-engine rules'";
async function listens(processes = 1): Promise<void> {
  await expect.poll(() => count(`${LISTENERS} AND state = 'idle' AND query LIKE 'LISTEN%'`)).toBe(processes);
}

/** A revision as another version of the engine might have written it: the newest with another version of its shape. */
async function copyRevision(version: number): Promise<void> {
  await bench.db.$executeRaw`
    INSERT INTO playbook_revisions (number, format_version, hash, rules, cadences, templates, author)
    SELECT number + 1, ${version}, hash, jsonb_set(rules, '{version}', ${String(version)}::jsonb), cadences, templates, author
    FROM playbook_revisions ORDER BY number DESC LIMIT 1`;
}

test('a newer revision is taken up at once, by all processes, and each says so', async () => {
  await publishContent(bench.db, 'one');
  const [api, worker] = [await open(), await open()];
  const before = api.current();
  await publishContent(bench.db, 'two', { defaultTimeZone: 'Europe/Berlin' });
  await expect.poll(revisionOf(api)).toBe(2);
  await expect.poll(revisionOf(worker)).toBe(2);
  expect(api.current().playbook.defaultTimeZone).toBe('Europe/Berlin');
  expect(api.current().templates.get('guide')?.body).toBe('two');
  // What was handed out stays as it was: whoever began by it ends by it.
  expect(before).toMatchObject({ revision: 1, playbook: { defaultTimeZone: 'UTC' } });
  expect(said.toSorted()).toEqual([
    'takes up playbook revision 2',
    'takes up playbook revision 2',
    'works by playbook revision 1',
    'works by playbook revision 1',
  ]);
});

test('a campaign of the API is taken up at once by all processes, and ends in all; the revision stays', async () => {
  await publishContent(bench.db, 'one', { campaigns: [{ campaign: 'filed' }] });
  const [api, worker] = [await open(), await open()];
  await listens(2);
  const keys = (rules: LiveRules) => () => rules.current().playbook.campaigns.map(({ campaign }) => campaign);
  const before = api.current();
  await putCampaign(bench.db, { campaign: 'written' }, { by: 'key-1', at: new Date() });
  for (const rules of [api, worker]) await expect.poll(keys(rules)).toEqual(['filed', 'written']);
  expect(before.playbook.campaigns).toHaveLength(1);
  // Who comes later knows it from the first, and a newer revision keeps it.
  expect(keys(await open())()).toEqual(['filed', 'written']);
  await publishContent(bench.db, 'two', { campaigns: [{ campaign: 'filed' }] });
  await expect.poll(revisionOf(api)).toBe(2);
  expect(keys(api)()).toEqual(['filed', 'written']);
  await endCampaign(bench.db, 'written', { by: 'key-1', at: new Date() });
  for (const rules of [api, worker]) await expect.poll(keys(rules)).toEqual(['filed']);
  expect(api.current().revision).toBe(2);
});

test('a revision published while the connection is cut is taken up once the connection is back', async () => {
  await publishContent(bench.db, 'one');
  const rules = await open();
  await listens();
  await bench.db.$queryRawUnsafe(`SELECT pg_terminate_backend(pid) FROM ${LISTENERS}`);
  await publishContent(bench.db, 'two');
  await expect.poll(revisionOf(rules)).toBe(2);
});

test('a revision that was never announced is found by the look that comes now and then', async () => {
  await publishContent(bench.db, 'one');
  const looking = await open(50);
  const announcements = new pg.Client({ connectionString: bench.url });
  await announcements.connect();
  try {
    let announced = 0;
    announcements.on('notification', () => (announced += 1));
    await announcements.query(`LISTEN ${RULES_CHANNEL}`);
    await copyRevision(1);
    await expect.poll(revisionOf(looking)).toBe(2);
    // An announcement of what is committed comes before the answer to the next statement.
    await announcements.query('SELECT 1');
    expect(announced).toBe(0);
  } finally {
    await announcements.end();
  }
});

test('without anything published a process does not start, and says what to do', async () => {
  await expect(open()).rejects.toMatchObject({
    code: 'PLAYBOOK_UNPUBLISHED',
    message: expect.stringContaining('npx nurture publish') as string,
  });
});

describe('a revision of a newer version of the engine', () => {
  test('leaves the process with the newest it can read, and it says so once', async () => {
    await publishContent(bench.db, 'one');
    const rules = await open(50);
    await copyRevision(999);
    await expect.poll(() => rules.behindBecause()).toMatch(/^Playbook revision 2 cannot be read here: .*version 999/);
    expect(rules.behindBecause()).toContain('It goes on with playbook revision 1.');
    expect(rules.current().revision).toBe(1);
    // The one after it can be read: all is well again.
    await copyRevision(1);
    await expect.poll(revisionOf(rules)).toBe(3);
    expect(rules.behindBecause()).toBeNull();
    expect(said.filter((line) => line.includes('cannot be read'))).toHaveLength(1);
  });

  test('is skipped at the start too', async () => {
    await publishContent(bench.db, 'one');
    await copyRevision(999);
    const rules = await open();
    expect(rules.current().revision).toBe(1);
    expect(rules.behindBecause()).toMatch(/Playbook revision 2 cannot be read here/);
  });

  test('stops the start when there is no other', async () => {
    await publishContent(bench.db, 'one');
    await bench.db.$executeRaw`UPDATE playbook_revisions SET rules = jsonb_set(rules, '{version}', '999')`;
    await expect(open()).rejects.toMatchObject({ code: 'STORED_BY_NEWER' });
  });

  test('may be one with a kind of step that this version does not have', async () => {
    await publishContent(bench.db, 'one');
    const rules = await open();
    const step: Step = { id: 'call', kind: 'teleport' };
    await publishContent(bench.db, 'two', { cadences: [{ ...CADENCE, steps: [step] }] });
    await expect.poll(() => rules.behindBecause()).toMatch(/teleport/);
    expect(rules.current().revision).toBe(1);
  });
});
