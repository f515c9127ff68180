/** Campaigns that another tool writes: what everything that reads campaigns makes of them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playbookWith } from '../crash/playbook.ts';
import { type Bench, openApi } from './support.ts';

const CAMPAIGNS = `
Filed Fair:
  budget: 500 EUR
  costs: [{ on: 2026-01-10, cost: 20 EUR }]
`;

let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
beforeAll(async () => {
  folder = await playbookWith({}, { 'campaigns.yaml': CAMPAIGNS });
  bench = await openApi({ playbookDir: folder.dir });
});
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
});

const put = (key: string, body: unknown) =>
  bench.call('PUT', `/v1/campaigns/${encodeURIComponent(key)}`, { body, key: bench.keys.marketer });
const listed = async (key: string) =>
  (await bench.get('/v1/campaigns')).body.items?.find(({ campaign }) => campaign === key);
/** This process knows it as well: it hears of it a moment after the answer. */
async function isKnown(key: string, isThere = true): Promise<void> {
  await expect
    .poll(() => bench.deps.store.rules.current().playbook.campaigns.some(({ campaign }) => campaign === key))
    .toBe(isThere);
}
/** In the period of a report in every zone. */
const lately = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);

const OPEN_DAY = {
  name: 'Open day',
  type: 'visit',
  channel: 'event',
  goal: { leads: 4 },
  budget: { amount: 100_000, currency: 'EUR' },
  starts: '2027-03-10T17:00:00+01:00',
  materials: ['frost-sheet', 'frost-slides'],
  audience: 'growers nearby',
  utm: [{ source: 'radio' }],
};

test('it is listed at once, and leads, filters, conditions and reports see it as one of the file', async () => {
  const before = await bench.lead({ campaign: 'open-day' });
  const { status, body, text } = await put('open-day', OPEN_DAY);
  expect(status, text).toBe(200);
  expect(body).toMatchObject({
    campaign: 'open-day',
    from: 'api',
    written: { by: { kind: 'key', name: 'marketer' } },
    budget: { amount: 100_000, currency: 'EUR' },
    starts: '2027-03-10T16:00:00.000Z',
    costs: [],
  });
  expect(await listed('open-day')).toEqual(body);
  expect(await listed('Filed Fair')).toMatchObject({ from: 'file', written: null });
  await isKnown('open-day');
  const after = await bench.lead({ source: 'Radio' });
  const found = (await bench.get('/v1/leads?campaign=Open-Day')).body.items?.map(({ id }) => id);
  expect(new Set(found)).toEqual(new Set([before, after]));
  const run = { command: { kind: 'resume' }, when: { campaignType: 'visit' } };
  expect((await bench.post('/v1/bulk-runs', run)).body).toMatchObject({ count: 2 });

  await bench.post('/v1/campaigns/open-day/costs', {
    on: lately,
    cost: { amount: 30_000, currency: 'EUR' },
    for: 'tent',
  });
  await bench.post('/v1/campaigns/open-day/attendance', { on: lately, registered: 30, attended: 20 });
  await bench.post('/v1/campaigns/open-day/feedback', { on: lately, rating: 4.5, answers: 8, words: 'Good soup.' });
  await expect
    .poll(async () => {
      const report = await bench.get('/v1/reports/campaigns?by=campaign&fresh=true');
      const [, costs, records] = report.body['sections'] as {
        rows: { cells: Record<string, unknown> }[];
      }[];
      const of = (rows: { cells: Record<string, unknown> }[] = []) =>
        rows.find(({ cells }) => cells['group'] === 'open-day' || cells['campaign'] === 'open-day')?.cells;
      return [of(costs?.rows), of(records?.rows)];
    })
    .toMatchObject([
      { cost: 30_000 },
      {
        what: 'visit, event',
        audience: 'growers nearby',
        material: 'frost-sheet, frost-slides',
        goal: '4 leads',
        budget: 100_000,
        spent: 30_000,
        used: 0.3,
        heads: '30 registered, 20 came',
        heard: '4.5 by 8 answers: Good soup.',
      },
    ]);
});

test('what is added is added once, also to one of the file, and removed by its id', async () => {
  const add = (headers: Record<string, string>, on = '2026-02-01') =>
    bench.call('POST', '/v1/campaigns/filed%20fair/costs', {
      body: { on, cost: { amount: 700, currency: 'EUR' } },
      headers,
    });
  const key = { 'Idempotency-Key': 'bill-17' };
  const [first, again] = [await add(key), await add(key)];
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body['id']).toBe(first.body['id']);
  expect((await listed('Filed Fair'))?.['costs']).toEqual([
    { id: null, on: '2026-01-10', cost: { amount: 2_000, currency: 'EUR' }, for: null },
    { id: first.body['id'], on: '2026-02-01', cost: { amount: 700, currency: 'EUR' }, for: null },
  ]);
  // Another bill, without a key or with other content.
  for (const more of [await add({}), await add(key, '2026-02-02')])
    expect((await bench.call('DELETE', `/v1/campaigns/Filed%20Fair/entries/${String(more.body['id'])}`)).status).toBe(
      204,
    );
  const path = `/v1/campaigns/Filed%20Fair/entries/${String(first.body['id'])}`;
  expect((await bench.call('DELETE', path)).status).toBe(204);
  expect((await bench.call('DELETE', path)).body.code).toBe('NOT_FOUND');
  expect((await listed('Filed Fair'))?.['costs']).toHaveLength(1);
});

test('one of the file is refused with the file’s name, an ended one is gone, and so is one that nobody lists', async () => {
  expect(await put('FILED fair', {})).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('campaigns.yaml of the playbook defines ‘Filed Fair’') as string },
  });
  await put('short', {});
  await isKnown('short');
  expect((await bench.call('DELETE', '/v1/campaigns/Short')).status).toBe(204);
  expect(await listed('short')).toBeUndefined();
  await isKnown('short', false);
  for (const [method, path] of [
    ['DELETE', '/v1/campaigns/short'],
    ['POST', '/v1/campaigns/short/feedback'],
  ] as const)
    expect((await bench.call(method, path, { body: { on: lately, rating: 1 } })).body.code).toBe('NOT_FOUND');
});

test.each([
  [{ typ: 'ad' }, 'typ', 'is not a known field; did you mean "type"?'],
  [{ type: 'Trade Show' }, 'type', 'must be a key of small letters, digits and dashes such as "case-study"'],
  [{ name: 'n'.repeat(201) }, 'name', 'must be a text of at most 200 characters'],
  [{ name: 'a\0b' }, 'name', 'must be a text without NUL and broken characters'],
  [{ goal: {} }, 'goal', 'must be numbers of leads: leads, qualified or won'],
  [{ budget: { amount: 1, currency: 'XQQ' } }, 'budget', 'must be in a currency that is known, such as EUR'],
  [{ starts: '2027-03-10' }, 'starts', 'must be an instant with its offset, as in 2026-12-01T09:00:00Z'],
  [{ starts: '2027-03-10T10:00:00Z', ends: '2027-03-09T10:00:00Z' }, 'ends', 'must be later than `starts`'],
  [{ productLine: 'moon' }, 'productLine', 'is not a product line of settings.yaml'],
  [{ utm: [{}] }, 'utm.0', 'must be what touches state: source, medium or campaign'],
  [{ url: 'no' }, 'url', 'must be an address such as "https://www.example.com/webinar"'],
  [{ costs: [] }, 'costs', 'is not a known field'],
])('what is wrong is named by its field: %j', async (body, path, message) => {
  const answer = await put('wrong', body);
  expect(answer.status).toBe(400);
  expect(answer.body['errors']).toEqual([{ path, message: expect.stringContaining(message) as string }]);
  expect(await listed('wrong')).toBeUndefined();
});
