/** Who bought: the figures of the report Base agree with one another, and the best customers are a press away, the largest first. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { type Orders, ordersOf, withOrder } from '../../src/domain/orders.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor, type Visitor } from '../api/visitor.ts';
import { playbookWith } from '../crash/playbook.ts';

const EMAIL = 'mia@buyers.example';
const SETTINGS = path.join(import.meta.dirname, '../fixtures/playbook/settings.yaml');
const MIGRATION = path.join(
  import.meta.dirname,
  '../../prisma/migrations/20261206290000_orders_in_other_currencies/migration.sql',
);
const DAY_MS = 86_400_000;
const NOW = Date.now();
const ago = (days: number): Date => new Date(NOW - days * DAY_MS);

let bench: Bench;
let who: Visitor;
let folder: Awaited<ReturnType<typeof playbookWith>>;
beforeAll(async () => {
  folder = await playbookWith(
    {},
    { 'settings.yaml': `${await readFile(SETTINGS, 'utf8')}\nmoney: { currency: EUR, rates: { USD: 0.5 } }\n` },
  );
  bench = await openApi({ playbookDir: folder.dir });
  await inviteUser(bench.db, { email: EMAIL, name: 'Mia', role: 'marketer' }, { actor: 'system', at: new Date() });
  who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, EMAIL, new Date())) ?? '');
  await lead('Ann', { won: true });
  await lead('Bea', { orders: [90_000], currency: 'USD' });
  await lead('Cem', { won: true, orders: [30_000, 60_000] });
  await lead('Dora', { won: true, orders: [100_000], expected: 700_000 });
  await lead('Gus', { orders: [20_000, [180_000, 'USD'], [5_000, 'GBP']] });
  await lead('Emil', { orders: [1_000], expected: 900_000 });
  await lead('Finn', {});
});
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
});

/** Of the tier `gold`. `expected`: what its open need is worth, minor units. */
async function lead(
  firstName: string,
  {
    won = false,
    orders = [],
    currency = 'EUR',
    expected = null,
  }: {
    won?: boolean;
    orders?: readonly (number | readonly [number, string])[];
    currency?: string;
    expected?: number | null;
  },
): Promise<void> {
  const { db } = bench;
  const [leadId, first, open] = [newId('lead'), newId('need'), newId('need')];
  const isOpen = expected !== null;
  const placed = orders.map((one) =>
    typeof one === 'number' ? { valueMinor: one, currency } : { valueMinor: one[0], currency: one[1] },
  );
  const summed = placed.reduce<Orders | null>((sum, order) => withOrder(sum, order, NOW), null);
  await db.lead.create({
    data: {
      id: leadId,
      firstName,
      email: `${firstName.toLowerCase()}@buyers.example`,
      source: 'test',
      valueTier: 'gold',
      scoreAt: ago(30),
      createdAt: ago(30),
      needId: isOpen ? open : first,
      ...(summed !== null && { orders: { ...summed } }),
    },
  });
  await db.need.create({
    data: { id: first, leadId, openedAt: ago(30), closedAt: ago(20), outcome: won ? 'won' : 'lost' },
  });
  const words = { because: 'test', actor: 'system', occurredAt: ago(20) };
  const toStage = won ? 'customer' : 'no-need';
  await db.stageChange.create({ data: { leadId, needId: first, fromStage: 'opportunity', toStage, ...words } });
  if (isOpen)
    await db.need.create({
      data: { id: open, leadId, openedAt: ago(10), valueMinor: BigInt(expected), currency: 'EUR' },
    });
  await db.event.createMany({
    data: placed.map((properties) => ({
      id: newId('event'),
      leadId,
      type: 'order.placed',
      occurredAt: ago(5),
      properties,
    })),
  });
}

interface Section {
  key: string;
  rows: { cells: Record<string, unknown>; group?: string | null }[];
  notes: string[];
  total: { cells: Record<string, unknown> } | null;
  columns: { key: string; title: string; definition: string | null }[];
}

async function sections(): Promise<Section[]> {
  const { body, status, text } = await bench.get('/v1/reports/base', bench.keys.marketer);
  expect(status, text).toBe(200);
  return body['sections'] as Section[];
}

test('buyers are customers and those who ordered without a sale, and as many in every table', async () => {
  const all = await sections();
  const bought = all.find(({ key }) => key === 'customers');
  // Dora has the order of a sale, and Cem two.
  expect(bought?.total?.cells).toMatchObject({ buyers: 6, customers: 3, shopOnly: 3, again: 2, againShare: 1 / 3 });
  expect(bought?.total?.cells).toMatchObject({ expected: 1_600_000 });
  expect(bought?.rows.find(({ group }) => group === 'gold')?.cells).toMatchObject({ buyers: 6 });
  const quarters = all.find(({ key }) => key === 'retention')?.rows ?? [];
  expect(quarters.reduce((sum, { cells }) => sum + Number(cells['customers']), 0)).toBe(6);
});

test('orders of a lead in several currencies count by the rates; of one without a rate it is said', async () => {
  const bought = (await sections()).find(({ key }) => key === 'customers');
  // In euros: Bea $900, Cem 900, Dora 1,000, Emil 10, Gus 200 and $1,800.
  expect(bought?.total?.cells).toMatchObject({ ordered: 45_000 + 90_000 + 100_000 + 1_000 + 20_000 + 90_000 });
  expect(bought?.notes).toEqual([
    'Orders of 1 buyer in a currency without a rate to EUR are left out of the value of orders: settings.yaml, money.rates.',
  ]);
});

test('orders of before the upgrade are summed up by their currencies from their events', async () => {
  const { db } = bench;
  const before = await db.lead.findMany({ where: { orders: { path: ['count'], gte: 1 } }, orderBy: { id: 'asc' } });
  await db.$executeRaw`UPDATE leads SET orders = orders - 'others'`;
  await db.$executeRawUnsafe(await readFile(MIGRATION, 'utf8'));
  const after = await db.lead.findMany({ where: { id: { in: before.map(({ id }) => id) } }, orderBy: { id: 'asc' } });
  expect(before.some((one) => ordersOf(one)?.others)).toBe(true);
  expect(after.map(ordersOf)).toEqual(before.map(ordersOf));
});

test('who is disqualified may not be mailed: nothing is sent to them', async () => {
  const mailable = async (): Promise<number> => {
    const people = (await sections()).find(({ key }) => key === 'people');
    return Number(people?.total?.cells['reachable']);
  };
  const { db } = bench;
  const where = { email: 'finn@buyers.example' };
  const before = await mailable();
  const { needId } = await db.lead.update({ where, data: { marketingConsent: true } });
  expect(await mailable()).toBe(before + 1);
  await db.need.update({ where: { id: needId ?? '' }, data: { stage: 'disqualified' } });
  expect(await mailable()).toBe(before);
});

test('no word of the page stands for two figures', async () => {
  const meant = new Map<string, string | null>();
  for (const { columns } of await sections())
    for (const { title, definition } of columns) {
      if (title === 'Buyers') continue;
      expect([title, meant.get(title) ?? definition]).toEqual([title, definition]);
      meant.set(title, definition);
    }
});

const namesIn = (text: string): string[] =>
  [...text.matchAll(/<a href="\/console\/leads\/lead-[^"]*">([^<]*)<\/a>/g)].map(([, name = '']) => name.trim());

test('the value of the orders of a tier leads to its best customers, with what each ordered', async () => {
  const { text } = await who.go('/console/reports/base');
  const linkTo = (figure: string): string =>
    new RegExp(`href="([^"]*figure=${figure}&amp;sort=[^"]*group=gold)"`).exec(text)?.[1]?.replaceAll('&amp;', '&') ??
    '';
  const best = await who.go(linkTo('ordered'));
  expect(best.status, best.text).toBe(200);
  expect(namesIn(best.text)).toEqual(['Gus', 'Dora', 'Cem', 'Bea', 'Emil']);
  expect(best.text).toContain('By the value of their orders, the largest first.');
  expect(best.text.replaceAll(/<[^>]*>/g, ' ')).toMatch(/2: €?900/);
  expect(best.text).toContain('3: €200.00 + £50.00 + $1,800.00');
  const expected = await who.go(linkTo('expected'));
  expect(namesIn(expected.text)).toEqual(['Emil', 'Dora']);
});
