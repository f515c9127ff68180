/** What became of an enrollment is what came after it began: not what made the need ready before, and not the sale that it began with. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { armResults } from '../../src/store/lists/results.ts';
import { openApi, type Bench } from '../api/support.ts';

const DAY_MS = 86_400_000;
const NOW = Date.now();
const ago = (days: number): Date => new Date(NOW - days * DAY_MS);

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
  for (const named of ['since-sent-back', 'since-after-sale'])
    await bench.db.$executeRaw`
      INSERT INTO cadence_revisions
      SELECT (jsonb_populate_record(c, jsonb_build_object('id', ${named}::text, 'cadence', ${named}::text, 'number', 1, 'hash', ${named}::text))).*
      FROM cadence_revisions c LIMIT 1`;
});
afterAll(() => bench.close());

/** A need and the stages that it came to, each with the days since. */
type Way = readonly (readonly [to: string, daysAgo: number])[];

/** A lead with one need after another. The ids are those of its needs. */
async function lead(...ways: readonly Way[]): Promise<{ leadId: string; needs: string[] }> {
  const { db } = bench;
  const [leadId, needs] = [newId('lead'), ways.map(() => newId('need'))];
  await db.lead.create({
    data: { id: leadId, email: `${leadId}@since.example`, source: 'test', scoreAt: ago(90), createdAt: ago(90) },
  });
  let fromStage: string | null = null;
  for (const [n, way] of ways.entries()) {
    const id = needs[n] ?? '';
    const closedAt = n < ways.length - 1 || way.at(-1)?.[0] === 'customer' ? ago(way.at(-1)?.[1] ?? 0) : null;
    const value = { valueMinor: BigInt((n + 1) * 100_000), currency: 'EUR' };
    await db.need.create({ data: { id, leadId, openedAt: ago(way[0]?.[1] ?? 0), closedAt, ...value } });
    for (const [toStage, days] of way) {
      const words = { because: 'test', actor: 'system', occurredAt: ago(days) };
      await db.stageChange.create({ data: { leadId, needId: id, fromStage, toStage, ...words } });
      fromStage = toStage;
    }
  }
  return { leadId, needs };
}

/** It begins with a split, which gives the arm `a`. */
async function enroll(cadence: string, { leadId, needs }: { leadId: string; needs: string[] }, days: number) {
  const id = newId('enrollment');
  const at = ago(days);
  await bench.db.enrollment.create({
    data: {
      id,
      leadId,
      needId: needs[0] ?? null,
      cadence,
      revisionId: cadence,
      status: 'completed',
      via: 'test',
      steppedAt: at,
      startedAt: at,
      endedAt: ago(0),
    },
  });
  await bench.db.splitArm.create({
    data: { enrollmentId: id, stepId: 'words', leadId, cadence, arm: 'a', occurredAt: at },
  });
}

type Cells = Record<string, unknown>;
async function row(section: string, name: string): Promise<Cells | undefined> {
  const { body, status, text } = await bench.get('/v1/reports/cadences', bench.keys.marketer);
  expect(status, text).toBe(200);
  const sections = body['sections'] as { key: string; rows: { cells: Cells }[] }[];
  const { rows = [] } = sections.find(({ key }) => key === section) ?? {};
  return rows.find(({ cells }) => Object.values(cells).includes(name))?.cells;
}

async function behind(figure: string): Promise<string[]> {
  const { body, status, text } = await bench.get(
    `/v1/reports/cadences/leads?figure=${encodeURIComponent(figure)}`,
    bench.keys.marketer,
  );
  expect(status, text).toBe(200);
  return (body.items ?? []).map(({ id }) => String(id));
}

const SENT_BACK: Way = [
  ['new', 60],
  ['nurturing', 60],
  ['qualified', 50],
  ['assigned', 50],
  ['nurturing', 40],
];

test('a need that was ready before it was sent back counts as qualified only when it is ready again', async () => {
  await enroll('since-sent-back', await lead(SENT_BACK), 40);
  const again = await lead([...SENT_BACK, ['qualified', 10], ['assigned', 10]]);
  await enroll('since-sent-back', again, 40);
  // Ready again before this one began: with the rep while it did.
  const before = await lead([...SENT_BACK, ['qualified', 30], ['assigned', 29]]);
  await enroll('since-sent-back', before, 29.5);
  const first = await lead([
    ['new', 60],
    ['nurturing', 60],
    ['qualified', 5],
  ]);
  await enroll('since-sent-back', first, 40);
  for (const [section, name] of [
    ['cadences', 'since-sent-back'],
    ['splits', 'since-sent-back: words, a'],
  ] as const)
    expect(await row(section, name), section).toMatchObject({ qualified: 2, won: 0 });
  const expected = [again.leadId, first.leadId].toSorted();
  expect((await behind('qualified|run|since-sent-back')).toSorted()).toEqual(expected);
  expect((await behind('qualified|split|since-sent-back|words|a')).toSorted()).toEqual(expected);
});

const SOLD: Way = [
  ['new', 60],
  ['opportunity', 50],
  ['customer', 30],
];

test('the sale that a cadence began with is not its result, a later sale is', async () => {
  await enroll('since-after-sale', await lead(SOLD), 30);
  const twice = await lead(SOLD, [
    ['new', 20],
    ['qualified', 15],
    ['opportunity', 12],
    ['customer', 10],
  ]);
  await enroll('since-after-sale', twice, 30);
  await enroll(
    'since-after-sale',
    await lead(SOLD, [
      ['new', 20],
      ['qualified', 8],
    ]),
    30,
  );
  expect(await row('cadences', 'since-after-sale')).toMatchObject({ began: 3, qualified: 2, won: 1, value: 200_000 });
  expect(await row('splits', 'since-after-sale: words, a')).toMatchObject({ qualified: 2, won: 1, each: 66_667 });
  expect(await behind('won|run|since-after-sale')).toEqual([twice.leadId]);
  expect(await behind('won|split|since-after-sale|words|a')).toEqual([twice.leadId]);
  const [arm] = await armResults(bench.db, 'since-after-sale', () => []);
  expect(arm).toMatchObject({ arm: 'a', result: { entered: 3, qualified: 2, won: 1 } });
});
