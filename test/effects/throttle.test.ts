/** Workers that share a limit, on a real database: each throttle is a worker of its own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idFrom } from '../../src/domain/ids.ts';
import type { Limit } from '../../src/domain/sending-limits.ts';
import { createThrottle, type Throttle, type Wait } from '../../src/effects/throttle.ts';
import { closeDb, createDb, type Db } from '../../src/store/db.ts';
import { createTestDatabase } from '../support/database.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Db;
let workers: Throttle[];
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, { max: 2 });
  workers = [createThrottle(database.url), createThrottle(database.url)];
});
afterAll(async () => {
  for (const worker of workers ?? []) await worker.close();
  await closeDb(db);
  await database?.drop();
});

const rate = (key: string, perSecond: number): Limit => ({
  kind: 'rate',
  key,
  words: key,
  intervalMs: 1_000 / perSecond,
});
const worker = (n: number): Throttle => workers[n % workers.length] as Throttle;

/** A mail that comes again when it is told to. Resolves with when it left. */
async function leave(limits: Limit[], lane: string, n: number): Promise<number> {
  for (let hasWaited = false; ; hasWaited = true) {
    const wait = await worker(n).take(limits, { lane, hasWaited, draw: (n % 97) / 97 });
    if (wait === null) return Date.now();
    await new Promise((resolve) => setTimeout(resolve, wait.afterMs));
  }
}

/** The most of them within any second. */
function mostInASecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(
    ...sorted.map((from, i) => sorted.slice(i).findIndex((at) => at > from + 1_000)).map((n) => (n < 0 ? 0 : n)),
  );
}

test('two workers together keep to the rate, nothing is lost, and another cadence is not held up', async () => {
  const limits = [rate('all', 100)];
  const begun = Date.now();
  let gone = 0;
  const leaves = async (n: number): Promise<number> => {
    const at = await leave(limits, 'cadence:many', n);
    gone += 1;
    return at;
  };
  const many = Promise.all(Array.from({ length: 600 }, (_, n) => leaves(n)));
  await expect.poll(() => gone).toBeGreaterThan(150);
  await leave(limits, 'cadence:few', 1);
  const goneBefore = gone;
  const answer = await worker(0).take(limits, { lane: 'answers', isAnswer: true, hasWaited: false, draw: 0 });
  const times = await many;
  // 600 mails at 100 a second, a second's worth at once.
  expect(Math.max(...times) - begun).toBeGreaterThan(4_500);
  // It did not wait behind the others: they take four seconds more.
  expect(goneBefore).toBeLessThan(550);
  expect(answer).toBeNull();
  // What was taken room for a second ago may leave with what is taken room for now.
  expect(mostInASecond(times)).toBeLessThanOrEqual(400);
  // Each was counted: by the time that all of them use up. How many there were on a day begins anew at midnight.
  const [count] = await db.$queryRaw<
    { usedUntil: Date }[]
  >`SELECT used_until AS "usedUntil" FROM mail_limits WHERE limit_key = 'all' AND lane = ''`;
  expect((count?.usedUntil.getTime() ?? 0) - begun).toBeGreaterThanOrEqual(6_020);
});

test('a day has so many mails and no more; the rest comes on the days that follow, and answers still leave', async () => {
  const startsMs = Date.now() - 3_600_000;
  const day = {
    kind: 'day',
    key: 'warm-up',
    words: 'day 1',
    day: '2026-12-01',
    mails: 40,
    startsMs,
    endsMs: startsMs + 86_400_000,
  } as const;
  const take = (n: number, lane: string) => worker(n).take([day], { lane, hasWaited: false, draw: 0.5 });
  // The first mails of a cadence count as few, on each worker: these are over before the others come.
  const first: (Wait | null)[] = [];
  for (let n = 0; n < 10; n += 1) first.push(await take(n, 'cadence:many'));
  const others = await Promise.all(Array.from({ length: 90 }, (_, n) => take(n, 'cadence:many')));
  const waits = [...first, ...others];
  const left = waits.filter((wait) => wait === null).length;
  expect(left).toBeGreaterThanOrEqual(15);
  expect(left).toBeLessThanOrEqual(36);
  for (const wait of waits) if (wait !== null) expect(wait.limit.key).toBe('warm-up');
  // Sixty that wait at forty a day: more than a day.
  expect(Math.max(...waits.map((wait) => wait?.afterMs ?? 0))).toBeGreaterThan(86_400_000);
  expect(await take(0, 'cadence:few')).toBeNull();
  const rest = await Promise.all(Array.from({ length: 20 }, (_, n) => take(n, `cadence:other-${n}`)));
  expect(left + 1 + rest.filter((wait) => wait === null).length).toBeLessThanOrEqual(40);
  const answer = await worker(1).take([day], { lane: 'answers', isAnswer: true, hasWaited: false, draw: 0 });
  expect(answer).toBeNull();
});

test('who finds no room in one limit uses up none in the other; few mails ask the database', async () => {
  const [wide, narrow] = [rate('wide', 10_000), rate('narrow', 0.01)];
  const both = [wide, narrow];
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, n) => worker(0).take(both, { lane: 'a', hasWaited: false, draw: n / 20 })),
  );
  expect(results.filter((one) => one === null).length).toBeLessThanOrEqual(3);
  const before = await db.$queryRaw<{ n: bigint }[]>`SELECT sum(n_tup_upd) AS n FROM pg_stat_user_tables`;
  for (let n = 0; n < 500; n += 1)
    expect(await worker(0).take([wide], { lane: 'b', hasWaited: false, draw: 0 })).toBeNull();
  const [count] = await db.$queryRaw<
    { used: number }[]
  >`SELECT used FROM mail_limits WHERE limit_key = 'wide' AND lane = ''`;
  expect(count?.used).toBeLessThan(1_000);
  expect(before).toHaveLength(1);
});

/** Mails that come again when they are told to, each a little late: who wakes them has other things to do. Resolves with their order. */
async function leaveLate(
  limits: Limit[],
  lane: string,
  { count, haveWaited }: { count: number; haveWaited: boolean },
): Promise<{ order: number[]; tookMs: number }> {
  const begun = Date.now();
  const order: number[] = [];
  const one = async (n: number): Promise<void> => {
    let wait: Wait | null = null;
    for (let comes = 0; ; comes += 1) {
      const asked = { hasWaited: haveWaited || comes > 0, isAgain: wait?.isAgain === true, draw: ((n * 31) % 97) / 97 };
      wait = await worker(n).take(limits, { lane, ...asked });
      if (wait === null) break;
      // Up to a third of the time between two mails.
      const { afterMs } = wait;
      await new Promise((resolve) => setTimeout(resolve, afterMs + ((n * 7 + comes * 5) % 10) * 35));
    }
    order.push(n);
  };
  const all: Promise<void>[] = [];
  for (let n = 0; n < count; n += 1) {
    all.push(one(n));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(all);
  return { order, tookMs: Date.now() - begun };
}

test.each([
  ['that are put off', false],
  ['that waited and all fall due at once, as after a pause,', true],
])(
  'at a low rate mails %s leave as fast as it allows, the longest waiting first',
  async (_, haveWaited) => {
    // Seven steps of 1.1 s are 8 s; what loses its places takes 12 to 16. On a busy machine some come too late for theirs: one try of four counts.
    const tries: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const limits = [rate(`slow ${haveWaited} ${n}`, 1)];
      const { order, tookMs } = await leaveLate(limits, 'cadence:slow', { count: 8, haveWaited });
      const furthest = Math.max(...order.map((mail, place) => Math.abs(place - mail)));
      if (tookMs < 11_000 && furthest <= 2) return;
      tries.push(`${tookMs} ms: ${order.join(' ')}`);
    }
    expect.fail(tries.join('; '));
  },
  180_000,
);

test('who comes anew, and has to wait behind others, uses up no room', async () => {
  const limits = [rate('kept', 0.5)];
  const takeAnew = () => worker(0).take(limits, { lane: 'cadence:kept', hasWaited: false, draw: 0 });
  expect(await takeAnew()).toBeNull();
  const wait = await takeAnew();
  expect(wait).not.toBeNull();
  // By another worker, which knows nothing of it, at the time when the other has its turn.
  await db.$executeRaw`UPDATE mail_limits SET used_until = now() WHERE limit_key = 'kept' AND lane = ''`;
  expect(await worker(1).take(limits, { lane: 'cadence:kept', hasWaited: false, draw: 0 })).not.toBeNull();
  expect(await worker(1).take(limits, { lane: 'cadence:kept', hasWaited: true, draw: 0 })).toBeNull();
});

test('a day counts what has left on it before it had a limit: all mails, or of a sender those on its topics', async () => {
  await db.$executeRaw`
    INSERT INTO leads (id, email, stage, source, score_at, created_at, updated_at)
    VALUES ('lead-before', 'before@day.example', 'dormant', 'test', now(), now(), now())`;
  const startsMs = Date.now() - 3_600_000;
  const sends = [
    { topic: 'news', at: Date.now(), status: 'sent' },
    { topic: 'news', at: Date.now(), status: 'in_doubt' },
    { topic: 'tips', at: Date.now(), status: 'sent' },
    { topic: 'news', at: Date.now(), status: 'skipped' },
    { topic: 'news', at: startsMs - 1, status: 'sent' },
  ];
  for (const [n, { topic, at, status }] of sends.entries())
    await db.$executeRaw`
      INSERT INTO sends (id, key, lead_id, topic, template_key, status, attempt, occurred_at)
      VALUES (${`${idFrom('send', new Date(at))}${n}`}, ${`before ${n}`}, 'lead-before', ${topic}, 'plain', ${status}::send_status, 'x', now())`;
  const limit = {
    kind: 'day',
    words: 'day 1',
    day: '2026-12-01',
    mails: 100,
    startsMs,
    endsMs: startsMs + 86_400_000,
  } as const;
  const [all, ofSender] = [
    { ...limit, key: 'before' },
    { ...limit, key: 'before:news', topics: ['news'] },
  ];
  for (const one of [all, ofSender])
    expect(await worker(0).take([one], { lane: 'a', hasWaited: false, draw: 0 })).toBeNull();
  const used = await db.$queryRaw<{ used: number }[]>`
    SELECT used FROM mail_limits WHERE limit_key IN ('before', 'before:news') AND lane = '' ORDER BY limit_key`;
  // And the one that was asked for.
  expect(used.map((row) => row.used)).toEqual([4, 3]);
});
