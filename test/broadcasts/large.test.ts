/** What a broadcast to very many leads does otherwise than one to a few: it looks at them in pieces, and is not counted for each look. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepRecipients } from '../../src/store/broadcasts/sweep-recipients.ts';
import { waitsOf } from '../../src/store/broadcasts/waits.ts';
import { type Broadcast, findBroadcast } from '../../src/store/broadcasts/broadcasts.ts';
import { figuresOf, leftOf } from '../../src/store/broadcasts/figures.ts';
import { addRecipients, countAudience, nextOfAudience } from '../../src/store/broadcasts/gather.ts';
import { closeDb, createDb, type Db } from '../../src/store/db.ts';
import { PLAYBOOK } from '../store/support.ts';
import { createTestDatabase } from '../support/database.ts';
import { planForSource, seedKind } from './many-leads.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, { max: 4 });
});
afterAll(async () => {
  await closeDb(db);
  await database?.drop();
});

test('few leads among many are found in pieces, each once, wherever they stand', async () => {
  const rare: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    await seedKind(db, { name: `others-${n}`, source: 'others', count: 13 });
    rare.push(...(await seedKind(db, { name: `rare-${n}`, source: 'rare', count: 2 })));
  }
  const audience = { when: { source: 'rare' }, segments: [] };
  const moment = { atMs: Date.now(), fading: PLAYBOOK.scoring };
  const found: string[] = [];
  const sizes: number[] = [];
  let after: string | null = null;
  do {
    const page = await nextOfAudience(db, audience, moment, { after, limit: 2, among: 5 });
    found.push(...page.leads.map(({ id }) => id));
    sizes.push(page.leads.length);
    after = page.after;
  } while (after !== null);
  expect(found).toEqual(rare.toSorted());
  // Of 45 leads a statement looked at five at most.
  expect(sizes.length).toBeGreaterThanOrEqual(9);
  expect(await countAudience(db, audience, moment)).toBe(6);
});

async function broadcastOf(key: string, total: number): Promise<{ one: Broadcast; leads: string[] }> {
  const leads = await seedKind(db, { name: key, source: key, count: 3 });
  const id = await planForSource(db, key);
  await db.broadcast.update({ where: { id }, data: { status: 'running', total, gatheredAt: new Date() } });
  const dueAt = new Date();
  await db.$transaction((tx) =>
    addRecipients(
      tx,
      id,
      leads.map((leadId) => ({ leadId, wave: 0, variant: 'a', dueAt })),
    ),
  );
  return { one: await findBroadcast(db, id), leads };
}

test(
  'a large broadcast is counted once for all who look at once, anew after a while, and at once when it is over',
  { timeout: 300_000 },
  async () => {
    const { one, leads } = await broadcastOf('large', 60_000);
    const [figures, same] = await Promise.all([figuresOf(db, one), figuresOf(db, one)]);
    expect(same).toBe(figures);
    expect(figures.left).toBe(3);
    expect(await leftOf(db, one)).toBe(3);

    await db.broadcastRecipient.deleteMany({ where: { leadId: leads[0] ?? '' } });
    await expect.poll(async () => (await figuresOf(db, one)).left, { timeout: 120_000 }).toBe(2);
    await expect.poll(() => leftOf(db, one), { timeout: 120_000 }).toBe(2);

    await db.broadcastRecipient.deleteMany({ where: { leadId: leads[1] ?? '' } });
    const over = { ...one, status: 'canceled' } as const;
    const { left, outcomes } = await figuresOf(db, over);
    expect([left, outcomes['canceled'], await leftOf(db, over)]).toEqual([0, 1, 1]);
  },
);

test('a small broadcast is counted for each look', async () => {
  const { one, leads } = await broadcastOf('small', 3);
  expect((await figuresOf(db, one)).left).toBe(3);
  await db.broadcastRecipient.deleteMany({ where: { leadId: leads[0] ?? '' } });
  expect((await figuresOf(db, one)).left).toBe(2);
  expect(await leftOf(db, one)).toBe(2);
});

test('the recipients of a canceled broadcast go after 30 days, and their number stays; those of others stay', async () => {
  const { one, leads } = await broadcastOf('given-up', 3);
  const { one: running } = await broadcastOf('goes-on', 3);
  await db.broadcastRecipient.delete({
    where: { broadcastId_leadId: { broadcastId: one.id, leadId: leads[0] ?? '' } },
  });
  const endedAt = new Date();
  await db.broadcast.update({ where: { id: one.id }, data: { status: 'canceled', endedAt } });
  const after = (days: number): Promise<number> => sweepRecipients(db, new Date(endedAt.getTime() + days * 86_400_000));
  await after(29);
  const rows = (id: string): Promise<number> => db.broadcastRecipient.count({ where: { broadcastId: id } });
  expect([await rows(one.id), await rows(running.id)]).toEqual([2, 3]);
  expect(await after(31)).toBe(2);
  expect([await rows(one.id), await rows(running.id)]).toEqual([0, 3]);
  expect((await figuresOf(db, await findBroadcast(db, one.id))).outcomes).toMatchObject({ canceled: 2 });
  expect(await after(31)).toBe(0);
});

test('who was put off for a receiving domain is found without those who are yet to be looked at', async () => {
  const { one, leads } = await broadcastOf('waiting', 3);
  await db.mailRefusal.create({
    data: {
      receiver: 'many.example',
      since: new Date(),
      until: new Date(Date.now() + 600_000),
      reason: '550',
      heardBy: 'answer',
    },
  });
  const sending = { sending: undefined, senders: [], defaultTimeZone: 'UTC' } as never;
  expect(await waitsOf(db, sending, one)).toEqual([]);
  const later = new Date(Date.now() + 600_000);
  await db.broadcastRecipient.updateMany({ where: { leadId: leads[0] ?? '' }, data: { dueAt: later } });
  expect(await waitsOf(db, sending, one)).toHaveLength(1);
});
