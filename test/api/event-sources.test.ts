/** As in CloudEvents an event is known by its source and its id. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

const send = async (key: string, ...events: object[]) => {
  const { status, text, body } = await bench.post('/v1/events', { events }, key);
  if (status !== 200) throw new Error(text);
  return body['results'] as Record<string, unknown>[];
};
const stored = (leadId: string) => bench.db.event.findMany({ where: { leadId }, orderBy: { type: 'asc' } });

test('the same id of two keys is two events, each answered by the id as given', async () => {
  const [a, b] = [await bench.lead(), await bench.lead()];
  const shop = { id: '42', leadId: a, type: 'order.placed' };
  const webinar = { id: '42', leadId: b, type: 'demo.requested' };
  expect(await send(bench.keys.marketer, shop)).toEqual([{ status: 'accepted', id: '42' }]);
  expect(await send(bench.keys.operator, webinar)).toEqual([{ status: 'accepted', id: '42' }]);
  expect(await send(bench.keys.marketer, shop)).toEqual([{ status: 'duplicate', id: '42' }]);
  expect(await send(bench.keys.operator, webinar, webinar)).toEqual([
    { status: 'duplicate', id: '42' },
    { status: 'duplicate', id: '42' },
  ]);
  expect([await stored(a), await stored(b)]).toMatchObject([[{ type: 'order.placed' }], [{ type: 'demo.requested' }]]);
});

test('an event of a named source counts once, whichever key sends it; a source spelled differently is another source', async () => {
  const leadId = await bench.lead();
  const order = { id: '7', source: 'shop', leadId, type: 'order.placed' };
  expect(await send(bench.keys.marketer, order)).toMatchObject([{ status: 'accepted' }]);
  expect(await send(bench.keys.admin, order)).toMatchObject([{ status: 'duplicate' }]);
  expect(await send(bench.keys.admin, { ...order, source: 'shop:7', id: '1' })).toMatchObject([{ status: 'accepted' }]);
  expect(await send(bench.keys.admin, { ...order, source: 'shop', id: '7:1' })).toMatchObject([{ status: 'accepted' }]);
  expect(await stored(leadId)).toHaveLength(3);
});

test('an id that belongs to another lead or type is rejected and never called a duplicate', async () => {
  const [a, b] = [await bench.lead(), await bench.lead()];
  const event = { id: 'taken', leadId: a, type: 'page.viewed' };
  const wrong = { status: 'rejected', id: 'taken', code: 'EVENT_ID_TAKEN' };
  expect(await send(bench.keys.admin, event, { ...event, leadId: b })).toMatchObject([{ status: 'accepted' }, wrong]);
  const next = [{ ...event, leadId: b }, { ...event, type: 'demo.requested' }, event];
  expect(await send(bench.keys.admin, ...next)).toMatchObject([wrong, wrong, { status: 'duplicate' }]);
  const email = (await bench.db.lead.findUniqueOrThrow({ where: { id: b } })).email;
  const form = { email, event: { id: 'taken', type: 'page.viewed' } };
  expect(await bench.post('/v1/leads', form)).toMatchObject({ status: 200, body: { event: 'id-taken' } });
  const own = { email, event: { id: 'free', type: 'page.viewed' } };
  expect((await bench.post('/v1/leads', own)).body).toMatchObject({ event: 'accepted' });
  expect((await bench.post('/v1/leads', own)).body).toMatchObject({ event: 'duplicate' });
  expect([await stored(a), await stored(b)].map(({ length }) => length)).toEqual([1, 1]);
});

test('a site key names no source, so nobody who reads the key can take the id of an order', async () => {
  const { body } = await bench.post('/v1/leads', { email: 'site@firm.example' }, bench.keys.site);
  const event = { id: '1', source: 'shop', leadId: String(body['id']), type: 'page.viewed' };
  expect(await send(bench.keys.site, event)).toMatchObject([{ status: 'rejected', code: 'FORBIDDEN' }]);
  const form = { email: 'site@firm.example', event: { ...event, leadId: undefined } };
  expect(await bench.post('/v1/leads', form, bench.keys.site)).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'event.source' }] },
  });
});

test('a repeat of an event from before sources were stored counts once; an event that was lost by its id can be sent again', async () => {
  const [a, b] = [await bench.lead(), await bench.lead()];
  const old = { id: 'before', leadId: a, type: 'page.viewed' };
  // As a process of the version before writes it: without the column.
  await bench.db.$executeRaw`
    INSERT INTO events (id, lead_id, type, occurred_at) VALUES (${old.id}, ${a}, ${old.type}, now())`;
  expect(await send(bench.keys.marketer, old)).toEqual([{ status: 'duplicate', id: 'before' }]);
  expect(await send(bench.keys.marketer, { ...old, leadId: b })).toEqual([{ status: 'accepted', id: 'before' }]);
  expect([await stored(a), await stored(b)].map(({ length }) => length)).toEqual([1, 1]);
});
