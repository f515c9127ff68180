/** The overview: figures of one page that differ have other names, and what is part of another adds up. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeHistory } from '../../src/cli/demo/history/write.ts';
import { newId } from '../../src/domain/ids.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor, type Visitor } from '../api/visitor.ts';

const EMAIL = 'mia@overview.example';

let bench: Bench;
let who: Visitor;
beforeAll(async () => {
  bench = await openApi();
  const { db } = bench;
  await writeHistory(db, { leads: 600, seed: 11, until: new Date() });
  // An offer of every end that there is, each to another lead.
  const needs = await db.need.findMany({ where: { handedAt: null }, orderBy: { id: 'asc' }, take: 8 });
  const repId = bench.reps['ada'] ?? '';
  const offeredAt = new Date();
  const ends = [
    { status: 'withdrawn', decidedBy: repId },
    { status: 'withdrawn', decidedBy: 'system' },
    { status: 'rerouted', decidedBy: repId },
    { status: 'rerouted', decidedBy: 'boss' },
    { status: 'expired' },
    { status: 'expired', reason: 'no contact in time' },
    { status: 'rejected', reason: 'too-early', decidedBy: repId },
    { status: 'accepted', decidedBy: repId },
  ] as const;
  await db.assignment.createMany({
    data: ends.map((end, n) => ({
      id: newId('assignment'),
      leadId: needs[n]?.leadId ?? '',
      needId: needs[n]?.id ?? '',
      repId,
      team: 'north',
      rule: 'test',
      offeredAt,
      ...end,
    })),
  });
  await inviteUser(db, { email: EMAIL, name: 'Mia', role: 'marketer' }, { actor: 'system', at: new Date() });
  who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(db, EMAIL, new Date())) ?? '');
});
afterAll(() => bench.close());

const plain = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** The totals of each card, by the heading of it. */
async function cards(query = ''): Promise<Map<string, { text: string; totals: Map<string, string> }>> {
  const { status, text } = await who.go(`/console/reports${query}`);
  expect(status).toBe(200);
  return new Map(
    text
      .split('<section class="card wide"')
      .slice(1)
      .map((card) => {
        const totals = [...card.matchAll(/<dt>(.*?)<\/dt>\s*<dd>(.*?)<\/dd>/gs)].map(
          ([, title = '', figure = '']) => [plain(title), plain(figure)] as const,
        );
        const heading = plain(/<h2>(.*?)<\/h2>/s.exec(card)?.[1] ?? '');
        return [heading, { text: plain(card), totals: new Map(totals) }] as const;
      }),
  );
}

const countOf = (words: string | undefined): number => Number((words ?? 'none').replaceAll(',', ''));

test('what became of offers is shown whole, and adds up to the offers', async () => {
  for (const query of ['', '?since=2020-01-01']) {
    const { totals } = (await cards(query)).get('Reps and teams') ?? { totals: new Map<string, string>() };
    const [offers, ...became] = [
      'Offers',
      'Offers accepted',
      'Offers rejected',
      'Handed to somebody else',
      'Undecided',
      'Let pass',
    ].map((title) => countOf(totals.get(title)));
    expect(offers).toBeGreaterThan(8);
    expect(became.reduce((sum, one) => sum + one, 0)).toBe(offers);
  }
});

test('no title stands for two figures, and each card says what it counts', async () => {
  const all = await cards();
  const titles = [...all.values()].flatMap(({ totals }) => [...totals.keys()]);
  expect(titles.length).toBeGreaterThan(12);
  expect(titles).toEqual([...new Set(titles)]);
  expect(titles).toContain('Won');
  expect(titles).toContain('Offers won');
  for (const [heading, { text }] of all)
    expect(text, heading).toMatch(/Counts (needs that came in|offers that were made) within the period/);
});
