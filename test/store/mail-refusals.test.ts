/** Receivers that refuse us, on a real database: each connection is a worker of its own. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comesAgainMs, REFUSAL_PAUSES } from '../../src/domain/refusals.ts';
import { closeDb, createDb, type Db } from '../../src/store/db.ts';
import { beginTry, longestRefusal, noteRefusals, noteTaken } from '../../src/store/mail-refusals.ts';
import { createTestDatabase } from '../support/database.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Db;
let other: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, { max: 4 });
  other = createDb(database.url, { max: 4 });
});
afterAll(async () => {
  await closeDb(db);
  await closeDb(other);
  await database?.drop();
});

const refuse = (receiver: string, by: 'answer' | 'notice' = 'answer'): Promise<void> =>
  noteRefusals(db, [{ receiver, reason: '550 5.7.1 blocked' }], by);
const endPause = (receiver: string): Promise<unknown> =>
  db.mailRefusal.update({ where: { receiver }, data: { until: new Date(Date.now() - 1_000) } });
const rowOf = (receiver: string) => db.mailRefusal.findUnique({ where: { receiver } });

test('the pause grows with each refusal after a pause, has some play, and ends growing', async () => {
  const receiver = 'growing.example';
  const minutes: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    if (n > 0) {
      await endPause(receiver);
      expect(await beginTry(db, receiver)).toBe(true);
    }
    await refuse(receiver);
    // What was on its way at the same time changes nothing.
    await Promise.all([refuse(receiver), noteRefusals(other, [{ receiver, reason: 'the same' }], 'answer')]);
    minutes.push(((await longestRefusal(db, [receiver])) ?? 0) / 60_000);
  }
  const expected = [...REFUSAL_PAUSES, 240, 240];
  minutes.forEach((one, n) => {
    expect(one).toBeGreaterThan((expected[n] ?? 0) * 0.85);
    expect(one).toBeLessThan((expected[n] ?? 0) * 1.15);
  });
  expect(await rowOf(receiver)).toMatchObject({ refusals: 7, trying: false });
});

test('of many workers one tries; the next may when it is taken, or when nothing was heard of it for long', async () => {
  const receiver = 'tried.example';
  await refuse(receiver);
  expect(await beginTry(db, receiver)).toBe(false);
  await endPause(receiver);
  const tries = await Promise.all(Array.from({ length: 8 }, (_, n) => beginTry(n % 2 === 0 ? db : other, receiver)));
  expect(tries.filter(Boolean)).toHaveLength(1);
  expect(await longestRefusal(db, [receiver])).toBeGreaterThan(60_000);
  // The worker that tried was killed.
  await endPause(receiver);
  expect(await beginTry(other, receiver)).toBe(true);
  await noteTaken(other, [receiver]);
  expect(await rowOf(receiver)).toBeNull();
  expect(await longestRefusal(db, [receiver])).toBeNull();
});

test('a refusal while a transaction of another worker tries a receiver waits for nobody else', async () => {
  await refuse('held.example');
  await endPause('held.example');
  await db.$transaction(async (tx) => {
    expect(await beginTry(tx, 'held.example')).toBe(true);
    expect(await beginTry(other, 'held.example')).toBe(false);
    await noteRefusals(other, [{ receiver: 'free.example', reason: 'x' }], 'answer');
  });
  expect(await rowOf('free.example')).not.toBeNull();
});

test('where refusals come as notices, one mail that is taken proves nothing; the second, a pause later, does', async () => {
  const receiver = 'noticed.example';
  await refuse(receiver, 'notice');
  await endPause(receiver);
  expect(await beginTry(db, receiver)).toBe(true);
  await noteTaken(db, [receiver]);
  expect(await rowOf(receiver)).toMatchObject({ trying: false, refusals: 1 });
  expect(await longestRefusal(db, [receiver])).toBeGreaterThan(30_000);
  // It came back after all: the pause is longer.
  await refuse(receiver, 'notice');
  expect(await rowOf(receiver)).toMatchObject({ refusals: 2, acceptedAt: null });
  for (const isLast of [false, true]) {
    await endPause(receiver);
    expect(await beginTry(db, receiver)).toBe(true);
    await noteTaken(db, [receiver]);
    expect((await rowOf(receiver)) === null).toBe(isLast);
  }
});

test('who waits comes again later, and looks again every half hour or so', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e7, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (ms, draw) => {
        const again = comesAgainMs(ms, draw);
        expect(again).toBeGreaterThanOrEqual(Math.min(Math.max(0, ms), 1_800_000));
        expect(again).toBeLessThanOrEqual(1_800_000 * 1.2 + 1);
      },
    ),
  );
});
