/** Who bought: the figures of the report Base agree with one another, and the best customers are a press away, the largest first. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor, type Visitor } from '../api/visitor.ts';

const EMAIL = 'mia@buyers.example';
const DAY_MS = 86_400_000;
const NOW = Date.now();
const ago = (days: number): Date => new Date(NOW - days * DAY_MS);

let bench: Bench;
let who: Visitor;
beforeAll(async () => {
  bench = await openApi();
  await inviteUser(bench.db, { email: EMAIL, name: 'Mia', role: 'marketer' }, { actor: 'system', at: new Date() });
  who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, EMAIL, new Date())) ?? '');
  await lead('Ann', { won: true });
  await lead('Bea', { orders: [90_000], currency: 'USD' });
  await lead('Cem', { won: true, orders: [30_000, 60_000] });
  await lead('Dora', { won: true, orders: [100_000], expected: 700_000 });
  await lead('Emil', { orders: [1_000], expected: 900_000 });
  await lead('Finn', {});
});
afterAll(() => bench.close());

/** Of the tier `gold`. `expected`: what its open need is worth, minor units. */
async function lead(
  firstName: string,
  {
    won = false,
    orders = [],
    currency = 'EUR',
    expected = null,
  }: { won?: boolean; orders?: readonly number[]; currency?: string; expected?: number | null },
): Promise<void> {
  const { db } = bench;
  const [leadId, first, open] = [newId('lead'), newId('need'), newId('need')];
  const isOpen = expected !== null;
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
      ...(orders.length > 0 && {
        orders: { count: orders.length, valueMinor: orders.reduce((a, b) => a + b), currency, lastAtMs: NOW },
      }),
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
    data: orders.map((valueMinor) => ({
      id: newId('event'),
      leadId,
      type: 'order.placed',
      occurredAt: ago(5),
      properties: { valueMinor, currency },
    })),
  });
}

interface Section {
  key: string;
  rows: { cells: Record<string, unknown>; group?: string | null }[];
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
  expect(bought?.total?.cells).toMatchObject({ buyers: 5, customers: 3, shopOnly: 2, again: 1, againShare: 0.2 });
  expect(bought?.total?.cells).toMatchObject({ expected: 1_600_000 });
  expect(bought?.rows.find(({ group }) => group === 'gold')?.cells).toMatchObject({ buyers: 5 });
  const quarters = all.find(({ key }) => key === 'retention')?.rows ?? [];
  expect(quarters.reduce((sum, { cells }) => sum + Number(cells['customers']), 0)).toBe(5);
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
  // One dollar is worth what settings.yaml says, or nothing that is known.
  expect(namesIn(best.text).filter((name) => name !== 'Bea')).toEqual(['Dora', 'Cem', 'Emil']);
  expect(best.text).toContain('By the value of their orders, the largest first.');
  expect(best.text.replaceAll(/<[^>]*>/g, ' ')).toMatch(/2: €?900/);
  const expected = await who.go(linkTo('expected'));
  expect(namesIn(expected.text)).toEqual(['Emil', 'Dora']);
});
