import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, openApi, walk } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

test('segments are listed, counted, and their leads walked page by page', async () => {
  const growers: string[] = [];
  for (let n = 0; n < 7; n += 1) growers.push(await bench.lead({ industry: n % 2 === 0 ? 'Winery' : 'nursery' }));
  await bench.lead({ industry: 'mining' });
  await bench.lead({});
  const [active = ''] = growers;
  await bench.post('/v1/events', { events: [{ id: 'seen-1', leadId: active, type: 'page.viewed' }] });
  const { body } = await bench.get('/v1/segments');
  expect(body).toMatchObject({
    items: [
      { segment: 'growers', description: 'Grow for a living', when: 'industry is one of winery, nursery' },
      { segment: 'active', description: null },
      { segment: 'active-growers', when: '(segment is growers and segment is active)' },
      { segment: 'drip-readers' },
    ],
  });
  expect((await bench.get('/v1/segments/growers')).body).toMatchObject({ leads: 7 });
  expect((await walk(bench, '/v1/segments/growers/leads', 3)).map(({ id }) => id)).toEqual(growers.toReversed());
  expect((await walk(bench, '/v1/segments/active-growers/leads', 3)).map(({ id }) => id)).toEqual([active]);
  const unknown = await bench.get('/v1/segments/nobody');
  expect(unknown.status).toBe(404);
  expect(JSON.stringify(unknown.body)).toContain('growers, active, active-growers, drip-readers');
});
