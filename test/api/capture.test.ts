import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { CONSENT, openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

describe('POST /v1/leads', () => {
  test('creates, then updates the same lead whatever the case; the first touch is kept', async () => {
    const made = await bench.post('/v1/leads', {
      email: 'Ada@Example.com',
      source: 'ebook',
      campaign: 'spring',
      consent: CONSENT,
    });
    expect(made.status).toBe(201);
    const id = String(made.body['id']);
    expect(made.headers.get('location')).toBe(`/v1/leads/${id}`);
    const again = await bench.post('/v1/leads', { email: ' ADA@example.COM', firstName: 'Ada', source: 'trade-show' });
    expect(again).toMatchObject({ status: 200, body: { id, outcome: 'updated' } });
    const lead = await bench.get(`/v1/leads/${id}`);
    expect(lead.body).toMatchObject({
      id,
      email: 'ada@example.com',
      firstName: 'Ada',
      source: 'ebook',
      stage: 'new',
      consent: { state: 'given', mayMail: true, text: CONSENT.text },
      completeness: { percent: 18, missing: expect.arrayContaining(['phone']) },
      touches: [
        { first: true, source: 'ebook', campaign: 'spring', how: 'api' },
        { first: false, source: 'trade-show' },
      ],
      closedNeeds: [],
    });
  });

  test('an Idempotency-Key: the repeat gets the first answer and does nothing again', async () => {
    const headers = { 'idempotency-key': 'form-1' };
    const body = { email: 'once@example.com', source: 'ebook' };
    const first = await bench.call('POST', '/v1/leads', { body, headers });
    const before = await bench.counts();
    const repeat = await bench.call('POST', '/v1/leads', {
      body: { source: 'ebook', email: 'once@example.com' },
      headers,
    });
    expect(repeat).toMatchObject({ status: 201, text: first.text });
    expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    expect(repeat.headers.get('location')).toBe(first.headers.get('location'));
    expect(await bench.counts()).toEqual(before);
    const other = await bench.call('POST', '/v1/leads', { body: { ...body, source: 'other' }, headers });
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    const times = await bench.call('POST', '/v1/leads', {
      body: { ...body, occurredAt: '2026-01-01T00:00:00Z' },
      headers,
    });
    expect(times.status).toBe(422);
    const anotherCaller = await bench.call('POST', '/v1/leads', { body, headers, key: bench.keys.operator });
    expect(anotherCaller).toMatchObject({ status: 200, body: { outcome: 'updated' } });
    expect((await bench.call('POST', '/v1/leads', { body, headers: { 'idempotency-key': 'with space' } })).status).toBe(
      400,
    );
  });

  test('twenty at once with one key make one touch', async () => {
    const headers = { 'idempotency-key': 'burst' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        bench.call('POST', '/v1/leads', { body: { email: 'burst@example.com' }, headers }),
      ),
    );
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(answers.some(({ status }) => status === 201)).toBe(true);
    expect(answers.find(({ status }) => status === 409)?.headers.get('retry-after') ?? '2').toBe('2');
    const lead = await bench.db.lead.findUniqueOrThrow({
      where: { email: 'burst@example.com' },
      include: { touches: true },
    });
    expect(lead.touches).toHaveLength(1);
    expect((await bench.call('POST', '/v1/leads', { body: { email: 'burst@example.com' }, headers })).status).toBe(201);
  });

  test('a request that failed gives its key back', async () => {
    let fail = true;
    const broken = await openApi({
      change: (deps) => ({
        ...deps,
        // Breaks while a lead is taken in, once.
        store: {
          ...deps.store,
          hashAddress: (address) =>
            fail ? Promise.reject(new Error('broken for the test')) : deps.store.hashAddress(address),
        },
      }),
    });
    try {
      const headers = { 'idempotency-key': 'again' };
      const body = { email: 'again@example.com' };
      expect((await broken.call('POST', '/v1/leads', { body, headers })).status).toBe(500);
      fail = false;
      expect((await broken.call('POST', '/v1/leads', { body, headers })).status).toBe(201);
    } finally {
      await broken.close();
    }
  });
});

describe('what a submission may state', () => {
  const stated = async (part: object, key?: string) => {
    const answer = await bench.post('/v1/leads', { email: 'stated@example.com', ...part }, key);
    return [answer.status, ...((answer.body['errors'] ?? []) as { path: string }[]).map(({ path }) => path)];
  };

  test('an event type is refused when the playbook does not have it, or when only the engine may record it', async () => {
    for (const type of ['no.such', 'email.clicked', 'unsubscribed'])
      for (const key of [bench.keys.admin, bench.keys.marketer])
        expect(await stated({ event: { type } }, key)).toEqual([400, 'event.type']);
    expect(await bench.db.event.count({ where: { type: { in: ['no.such', 'email.clicked'] } } })).toBe(0);
  });

  test('an unknown owner or funnel stage is refused', async () => {
    const enterAt = { stage: 'opportunity', owner: 'nobody', funnelStage: 'nonsense' };
    expect(await stated({ enterAt })).toEqual([400, 'enterAt.funnelStage', 'enterAt.owner']);
  });

  test('a time before 1970 is refused', async () => {
    expect(await stated({ occurredAt: '1969-12-31T23:59:59Z' })).toEqual([400, 'occurredAt']);
    expect(await stated({ consent: { text: 'Yes', source: 'x', at: '0001-01-01T00:00:00Z' } })).toEqual([
      400,
      'consent.at',
    ]);
    const oldest = { occurredAt: '1970-01-01T00:00:00Z', event: { type: 'form.submitted' } };
    expect((await stated(oldest))[0]).toBeLessThan(300);
  });

  test('an attribute that would make the profile too large is not stored, and the submission is accepted', async () => {
    const some = (name: string) => ({ attributes: { [name]: 'x'.repeat(25_000) } });
    for (const name of ['one', 'two']) expect((await stated(some(name)))[0]).toBeLessThan(300);
    // Taken in all the same: a refusal would lose the request, and tell who is known.
    expect((await stated(some('three')))[0]).toBe(200);
    const lead = await bench.db.lead.findUniqueOrThrow({ where: { email: 'stated@example.com' } });
    expect(Object.keys(lead.attributes as object).toSorted()).toEqual(['one', 'two']);
    expect(await stated({ attributes: { much: 'x'.repeat(40_000) } })).toEqual([400, 'attributes']);
  });

  test('however often somebody asks, the first touch and the latest are shown', async () => {
    const leadId = await bench.lead();
    const first = await bench.db.touch.findFirstOrThrow({ where: { leadId, isFirst: true } });
    const later = Array.from({ length: 250 }, (_, n) => ({
      id: newId('touch'),
      leadId,
      isFirst: false,
      how: 'form',
      source: `again-${n}`,
      request: {},
      occurredAt: new Date(Date.now() + n * 1_000),
    }));
    await bench.db.touch.createMany({ data: later });
    const { body } = await bench.get(`/v1/leads/${leadId}`);
    const touches = body['touches'] as { source: string | null }[];
    expect(touches.map(({ source }) => source)).toEqual([
      first.source,
      ...later.slice(-199).map(({ source }) => source),
    ]);
  });

  test('an address in the source is not kept: Temporal shows it', async () => {
    await bench.post('/v1/leads', { email: 'source@example.com', source: 'list of eve@example.com' });
    const lead = await bench.db.lead.findUniqueOrThrow({ where: { email: 'source@example.com' } });
    expect(lead.source).toBe('list of <address>');
  });
});

describe('a site key', () => {
  test('sends forms, does not learn who is known, and cannot decide on hand-offs', async () => {
    const body = { email: 'visitor@example.com', source: 'ebook', event: { type: 'form.submitted' } };
    const first = await bench.post('/v1/leads', body, bench.keys.site);
    const second = await bench.post('/v1/leads', body, bench.keys.site);
    expect([first.status, second.status]).toEqual([201, 201]);
    const lead = await bench.db.lead.findUniqueOrThrow({ where: { email: body.email }, include: { touches: true } });
    expect(lead.touches.map(({ how }) => how)).toEqual(['form', 'form']);
    // Neither its id nor the time in it: by that a person who was known before the request could be told.
    const handles = [first, second].map((answer) => String(answer.body['id']));
    const { id: siteKeyId } = await bench.db.apiKey.findFirstOrThrow({ where: { role: 'site' } });
    expect(new Set(handles).size).toBe(2);
    for (const [n, handle] of handles.entries()) {
      expect(handle).toMatch(/^handle-[\w-]{59}$/);
      expect([first, second][n]?.headers.get('location')).toBeNull();
      expect([first, second][n]?.body).toEqual({ id: handle, outcome: 'received' });
      expect(bench.handles.read(handle, siteKeyId)).toBe(lead.id);
      expect((await bench.get(`/v1/leads/${handle}`)).status).toBe(404);
    }
    expect(
      (await bench.post('/v1/leads', { ...body, enterAt: { stage: 'opportunity' } }, bench.keys.site)).status,
    ).toBe(400);
    expect((await bench.post('/v1/leads', { ...body, event: { type: 'order.placed' } }, bench.keys.site)).status).toBe(
      400,
    );
    const occurredAt = new Date(Date.now() - 86_400_000).toISOString();
    expect((await bench.post('/v1/leads', { ...body, occurredAt }, bench.keys.site)).body).toMatchObject({
      errors: [{ path: 'occurredAt' }],
    });
  });

  test('cannot take the id of an event before the shop reports it', async () => {
    const email = 'buyer@example.com';
    const { body: answered } = await bench.post('/v1/leads', { email }, bench.keys.site);
    const claim = { id: 'order-1001', leadId: String(answered['id']), type: 'page.viewed' };
    for (const status of ['accepted', 'duplicate'])
      expect((await bench.post('/v1/events', claim, bench.keys.site)).body).toMatchObject({
        results: [{ status, id: 'order-1001' }],
      });
    const form = { email, event: { id: 'order-1001', type: 'form.submitted' } };
    expect((await bench.post('/v1/leads', form, bench.keys.site)).status).toBe(201);
    expect((await bench.post('/v1/events', { id: 'order-1001', email, type: 'order.placed' })).body).toMatchObject({
      results: [{ status: 'accepted', id: 'order-1001' }],
    });
  });

  test('gets the same answer to a repeat with the same Idempotency-Key', async () => {
    const send = () =>
      bench.call('POST', '/v1/leads', {
        body: { email: 'twice@example.com', source: 'ebook' },
        headers: { 'idempotency-key': 'form-1' },
        key: bench.keys.site,
      });
    const [first, second] = [await send(), await send()];
    expect([second.status, second.text]).toEqual([first.status, first.text]);
  });

  test('sends only events of a site, by the handle it was answered', async () => {
    const email = 'known@example.com';
    const leadId = await bench.lead({ email });
    const { body: answered } = await bench.post('/v1/leads', { email, source: 'ebook' }, bench.keys.site);
    const handle = String(answered['id']);
    const { body } = await bench.post(
      '/v1/events',
      {
        events: [
          { id: 's1', leadId: handle, type: 'page.viewed' },
          { id: 's2', leadId: handle, type: 'order.placed' },
          { id: 's3', email: 'known@example.com', type: 'page.viewed' },
          { id: 's4', email: 'unknown@example.com', type: 'page.viewed' },
          { id: 's5', leadId, type: 'page.viewed' },
          { id: 's6', leadId: `${handle.slice(0, -1)}${handle.endsWith('A') ? 'B' : 'A'}`, type: 'page.viewed' },
        ],
      },
      bench.keys.site,
    );
    expect(body).toMatchObject({
      accepted: 1,
      rejected: 5,
      results: [
        { status: 'accepted', id: 's1' },
        { status: 'rejected', code: 'FORBIDDEN', message: expect.stringMatching(/order\.placed/) },
        { status: 'rejected', code: 'FORBIDDEN' },
        { status: 'rejected', code: 'FORBIDDEN' },
        { status: 'rejected', code: 'LEAD_UNKNOWN', message: expect.stringMatching(/handle/) },
        { status: 'rejected', code: 'LEAD_UNKNOWN' },
      ],
    });
    const messages = (body['results'] as { message: string }[]).slice(2).map(({ message }) => message);
    expect(messages[0]).toBe(messages[1]);
  });

  test('works from a web page, and nothing else does', async () => {
    const preflight = {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const allowed = await bench.call('OPTIONS', '/v1/events', { key: null, headers: preflight });
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('*');
    expect(allowed.headers.get('access-control-allow-headers')).toMatch(/Authorization/);
    const refused = await bench.call('OPTIONS', '/v1/assignments', { key: null, headers: preflight });
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    // GET needs no permission of its own: without this a page could list leads.
    const listed = { origin: 'https://evil.example', 'access-control-request-method': 'GET' };
    for (const [method, headers] of [
      ['OPTIONS', listed],
      ['GET', { origin: 'https://evil.example' }],
    ] as const) {
      const answer = await bench.call(method, '/v1/leads', { headers });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      if (method === 'GET') expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
    expect((await bench.call('GET', '/v1/leads', { headers: { origin: bench.base } })).status).toBe(200);
  });

  test('is bound to the websites it was made for, and one without says that it is not', async () => {
    const shop = 'https://shop.example';
    const elsewhere = 'https://evil.example';
    const bound = await openApi();
    try {
      await bound.db.apiKey.deleteMany({ where: { role: 'site' } });
      const make = (more: object) => bound.post('/v1/api-keys', { name: 'website', role: 'site', ...more });
      const made = await make({ origins: [shop] });
      expect(made.body).toMatchObject({ origins: [shop] });
      expect(made.body).not.toHaveProperty('note');
      const key = String(made.body['secret']);
      const preflight = async (origin: string) => {
        const headers = { origin, 'access-control-request-method': 'POST' };
        const { status, headers: answered } = await bound.call('OPTIONS', '/v1/leads', { key: null, headers });
        return [status, answered.get('access-control-allow-origin'), answered.get('vary')];
      };
      expect(await preflight(shop)).toEqual([204, shop, 'Origin']);
      expect(await preflight(elsewhere)).toEqual([204, null, 'Origin']);
      const send = (headers: Record<string, string>) =>
        bound.call('POST', '/v1/leads', { key, body: { email: 'origin@example.com' }, headers });
      const allowed = await send({ origin: shop });
      expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([201, shop]);
      const refused = await send({ origin: elsewhere });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
      expect((await send({})).status).toBe(201);
      for (const origins of [['shop.example'], ['https://shop.example/path'], ['ftp://shop.example']])
        expect((await make({ origins })).status).toBe(400);
      expect((await bound.post('/v1/api-keys', { name: 'x', role: 'marketer', origins: [shop] })).status).toBe(400);
      expect((await make({})).body).toMatchObject({ origins: [], note: expect.stringMatching(/any website/) });
      expect(await preflight(elsewhere)).toEqual([204, '*', 'Origin']);
    } finally {
      await bound.close();
    }
  });
});

describe('POST /v1/events', () => {
  test('answers for each; one bad item loses none of the others', async () => {
    const leadId = await bench.lead({ email: 'reader@example.com' });
    const { status, body } = await bench.post('/v1/events', {
      events: [
        { id: 'e1', leadId, type: 'page.viewed', properties: { path: '/' } },
        { id: 'e1', leadId, type: 'page.viewed' },
        { id: 'e2', leadId, type: 'no.such.type' },
        { id: 'e3', leadId: 'lead-none', type: 'page.viewed' },
        'not an object',
        { id: 'e4', leadId, type: 'page.viewed', occurredAt: 'yesterday' },
        { id: 'e5', leadId, type: 'page.viewed', properties: { text: 'a\u0000b' } },
        { id: 'e6', leadId, type: 'email.opened' },
        { id: 'e7', email: 'READER@example.com', type: 'order.placed' },
        { id: 'e8', type: 'page.viewed' },
      ],
    });
    expect(status).toBe(200);
    const results = body['results'] as { status: string; id: string | null; code?: string }[];
    expect(results.map((result) => [result.status, result.id, result.code])).toEqual([
      ['accepted', 'e1', undefined],
      ['duplicate', 'e1', undefined],
      ['rejected', 'e2', 'VALIDATION_FAILED'],
      ['rejected', 'e3', 'LEAD_UNKNOWN'],
      ['rejected', null, 'VALIDATION_FAILED'],
      ['rejected', 'e4', 'VALIDATION_FAILED'],
      ['rejected', 'e5', 'VALIDATION_FAILED'],
      ['rejected', 'e6', 'FORBIDDEN'],
      ['accepted', 'e7', undefined],
      ['rejected', 'e8', 'VALIDATION_FAILED'],
    ]);
    expect(body).toMatchObject({ accepted: 2, duplicate: 1, rejected: 7 });
    expect(await bench.db.event.count({ where: { leadId } })).toBe(2);
  });

  test('takes a single event, and says what is wrong with it', async () => {
    const leadId = await bench.lead();
    expect((await bench.post('/v1/events', { leadId, type: 'page.viewed' })).body).toMatchObject({
      accepted: 1,
      results: [{ status: 'accepted' }],
    });
    expect((await bench.post('/v1/events', { leadId })).body).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ path: 'type' }],
    });
  });

  test('takes 500 and not 501', async () => {
    const leadId = await bench.lead();
    const events = Array.from({ length: 501 }, (_, index) => ({
      id: `many-${index}`,
      leadId,
      type: 'page.viewed',
      properties: { path: `/${index}` },
    }));
    expect((await bench.post('/v1/events', { events })).status).toBe(400);
    expect((await bench.post('/v1/events', { events: events.slice(1) })).body).toMatchObject({ accepted: 500 });
    expect((await bench.post('/v1/events', { events: [] })).status).toBe(400);
  });
});

test('an address of a domain that is not ASCII is taken as mail servers know it; a part before the @ that is not ASCII is refused in words', async () => {
  const first = await bench.post('/v1/leads', { email: 'idn@müller-intake.example', source: 'demo' });
  expect(first.status).toBe(201);
  const again = await bench.post('/v1/leads', { email: 'IDN@xn--mller-intake-dlb.example', source: 'demo' });
  expect(again.body['id']).toBe(first.body['id']);
  const found = await bench.post('/v1/leads/lookup', { email: 'idn@müller-intake.example' });
  expect(found.text).toContain(new URL('http://müller-intake.example').hostname);
  const refused = await bench.post('/v1/leads', { email: 'jörg.test@gmail.com', source: 'demo' });
  expect([refused.status, refused.body['detail']]).toEqual([
    400,
    expect.stringContaining('must be ASCII before the @'),
  ]);
});
