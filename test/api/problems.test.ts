import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONSENT, openApi, type Answer, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    status,
    code,
    title: expect.any(String),
    detail: expect.any(String),
    type: expect.stringMatching(/^\/problems\//),
    errors: expect.any(Array),
  });
  expect(answer.text).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
}

const UNKNOWN = 'lead-0193f0c2a7b47c1e8f9d2b3c4d5e6f70';

describe('each mistake has its clear 4xx', () => {
  test('an unknown lead, and a malformed id', async () => {
    expect.hasAssertions();
    for (const id of [UNKNOWN, 'nobody', "x'--"]) {
      expectProblem(await bench.get(`/v1/leads/${id}`), 404, 'LEAD_UNKNOWN');
      expectProblem(await bench.get(`/v1/leads/${id}/timeline`), 404, 'LEAD_UNKNOWN');
      expectProblem(await bench.get(`/v1/leads/${id}/why`), 404, 'LEAD_UNKNOWN');
      expectProblem(await bench.post(`/v1/leads/${id}/pause`), 404, 'LEAD_UNKNOWN');
    }
    expectProblem(await bench.get('/v1/assignments/asg-1'), 404, 'ASSIGNMENT_UNKNOWN');
    for (const path of ['%E0%A4%A', '%00'])
      expectProblem(await bench.get(`/v1/leads/${path}`), 400, 'VALIDATION_FAILED');
  });

  test('a body that is not JSON, no JSON at all, or another type', async () => {
    expect.hasAssertions();
    const headers = { 'content-type': 'application/json' };
    expectProblem(await bench.call('POST', '/v1/leads', { raw: '{"email": ', headers }), 400, 'BODY_NOT_JSON');
    expectProblem(await bench.call('POST', '/v1/leads', { raw: '', headers }), 400, 'VALIDATION_FAILED');
    expectProblem(
      await bench.call('POST', '/v1/leads', {
        raw: 'email=a@b.example',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    );
    expectProblem(
      await bench.call('POST', '/v1/leads', {
        raw: '{}',
        headers: { 'content-type': 'application/json; charset=latin9' },
      }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    );
    expectProblem(await bench.post('/v1/leads', 'text'), 400, 'VALIDATION_FAILED');
    expectProblem(await bench.post('/v1/leads', [1]), 400, 'VALIDATION_FAILED');
  });

  test('a body of 10 MB', async () => {
    expect.hasAssertions();
    const huge = JSON.stringify({ email: 'a@b.example', company: 'x'.repeat(10_000_000) });
    const headers = { 'content-type': 'application/json' };
    expectProblem(await bench.call('POST', '/v1/leads', { raw: huge, headers }), 413, 'BODY_TOO_LARGE');
    expectProblem(await bench.call('POST', '/v1/events', { raw: huge, headers }), 413, 'BODY_TOO_LARGE');
    expectProblem(await bench.call('POST', '/v1/leads', { raw: huge, headers, key: null }), 401, 'UNAUTHENTICATED');
  });

  test('a cadence that does not exist', async () => {
    const id = await bench.lead();
    const answer = await bench.post(`/v1/leads/${id}/enroll`, { cadence: 'nonsense' });
    expectProblem(answer, 404, 'CADENCE_UNKNOWN');
    expect(answer.body['detail']).toMatch(/drip/);
  });

  test('a path that is not there, and a method that is not', async () => {
    expectProblem(await bench.get('/v1/nothing'), 404, 'NOT_FOUND');
    const answer = await bench.call('DELETE', '/v1/leads');
    expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS');
    expect((await bench.call('OPTIONS', '/v1/assignments')).status).toBe(204);
  });

  test('fields that are wrong, each named, with what would be right and without the value', async () => {
    const answer = await bench.post('/v1/leads', {
      email: 'secret-not-an-address',
      country: 'Atlantis',
      timeZone: 'Mars/Olympus',
      need: { maturity: 'ripe', value: { amount: 1.5, currency: 'euro' } },
      consent: { source: 'x' },
      nonsense: 1,
    });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.text).not.toContain('secret');
    const errors = answer.body['errors'] as { path: string; message: string }[];
    expect(Object.fromEntries(errors.map(({ path, message }) => [path, message]))).toEqual({
      email: 'must be an email address, as in ada@example.com',
      country: 'must be an ISO 3166 code of two letters, as in DE, or the name of a country',
      timeZone: 'must be an IANA time zone, as in Europe/Berlin',
      'need.maturity': 'must be one of researching, evaluating, ready',
      'need.value.amount': expect.stringMatching(/whole number/),
      'need.value.currency': 'must be an ISO 4217 code, as in EUR',
      'consent.text': 'is missing; it must be a text',
      nonsense: 'is not a known field',
    });
  });

  test('an unknown field gets the name that was probably meant, inside objects too', async () => {
    const answer = await bench.post('/v1/leads', {
      emial: 'ada@lovelace.example',
      form: 'newsletter',
      need: { prodctLine: 'x' },
      consent: { text: 'Yes', surce: 'x', source: 'form' },
    });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toEqual(
      expect.arrayContaining([
        { path: 'form', message: expect.stringContaining('"type": "form.submitted", "properties": { "form": "…" }') },
        { path: 'emial', message: 'is not a known field; did you mean "email"?' },
        { path: 'need.prodctLine', message: 'is not a known field; did you mean "productLine"?' },
        { path: 'consent.surce', message: 'is not a known field; did you mean "source"?' },
      ]),
    );
  });

  test('text that PostgreSQL cannot store is refused', async () => {
    const raw = (text: string) =>
      bench.call('POST', '/v1/leads', { raw: text, headers: { 'content-type': 'application/json' } });
    expectProblem(await raw('{"phone":"0\\u000030"}'), 400, 'VALIDATION_FAILED');
    // What is only said of a person is made clean: nobody is lost over it.
    const odd = '{"email":"odd@b.example","company":"a\\u0000b","attributes":{"x":"\\ud800"}}';
    expect((await raw(odd)).status).toBe(201);
    const cursor = Buffer.from('["\\u0000"]').toString('base64url');
    expectProblem(await bench.get(`/v1/leads?cursor=${cursor}`), 400, 'VALIDATION_FAILED');
    expect((await bench.get('/v1/leads?source=%00')).status).toBe(400);
  });

  test('queries that are wrong', async () => {
    expect.hasAssertions();
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=x',
      'stage=lost',
      'held=maybe',
      'cursor=x',
      'q=nobody',
      'grade=E',
      'stage=new&stage=dormant',
    ]) {
      expectProblem(await bench.get(`/v1/leads?${query}`), 400, 'VALIDATION_FAILED');
    }
    const id = await bench.lead();
    for (const cursor of [
      'x',
      Buffer.from('["now","x"]').toString('base64url'),
      Buffer.from('["2026-13-45T00:00:00Z","x"]').toString('base64url'),
    ]) {
      expectProblem(await bench.get(`/v1/leads/${id}/timeline?cursor=${cursor}`), 400, 'VALIDATION_FAILED');
      expectProblem(await bench.get(`/v1/attention?cursor=${cursor}`), 400, 'VALIDATION_FAILED');
    }
  });

  test('instants and cursors outside the years that can be kept', async () => {
    const id = await bench.lead();
    // The last is year 10000 in UTC: once kept, it could not be read back, and the list failed for good.
    for (const at of ['0001-01-01T00:00:00Z', '1970-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00']) {
      const step = { kind: 'next-step', dueAt: at };
      expectProblem(await bench.post(`/v1/leads/${id}/activities`, step), 400, 'VALIDATION_FAILED');
      expectProblem(await bench.post('/v1/leads', { email: 'a@b.example', occurredAt: at }), 400, 'VALIDATION_FAILED');
    }
    expect((await bench.get(`/v1/leads/${id}/activities`)).status).toBe(200);
    for (const at of ['0000-01-01T00:00:00.000Z', '2026-02-30T00:00:00.000Z', '2026-01-01T24:00:00.000Z']) {
      const cursor = Buffer.from(JSON.stringify([at, 'x'])).toString('base64url');
      for (const list of [`/v1/leads/${id}/timeline`, `/v1/leads/${id}/activities`, '/v1/attention']) {
        expectProblem(await bench.get(`${list}?cursor=${cursor}`), 400, 'VALIDATION_FAILED');
      }
    }
    const edge = { kind: 'next-step', dueAt: '9999-12-31T23:59:59Z' };
    expect((await bench.post(`/v1/leads/${id}/activities`, edge)).status).toBe(201);
  });

  test('malformed durations', async () => {
    expect.hasAssertions();
    const id = await bench.lead();
    for (const duration of [
      '4 dayz',
      '4',
      '2 business days',
      '-1 days',
      '400 days',
      'P',
      'PT',
      'P1M',
      'P0D',
      '-P1D',
      'P400D',
      'P1.5D',
      4,
    ]) {
      expectProblem(await bench.post(`/v1/leads/${id}/fast-forward`, { duration }), 400, 'VALIDATION_FAILED');
    }
  });

  test('no key, a wrong one, a malformed header', async () => {
    const without = await bench.get('/v1/leads', null);
    expectProblem(without, 401, 'UNAUTHENTICATED');
    expect(without.headers.get('www-authenticate')).toBe('Bearer');
    expectProblem(await bench.get('/v1/leads', 'nk_admin_guess'), 401, 'UNAUTHENTICATED');
    expectProblem(
      await bench.call('GET', '/v1/leads', { key: null, headers: { authorization: 'Basic eDp5' } }),
      401,
      'UNAUTHENTICATED',
    );
  });

  test('a lead without email and phone', async () => {
    const answer = await bench.post('/v1/leads', { firstName: 'Ada', consent: CONSENT });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['detail']).toMatch(/email or a phone/);
  });
});

test('an outage is 503 with Retry-After, and readiness says which part is down', async () => {
  const down = await openApi({
    change: (deps) => ({
      ...deps,
      checks: { ...deps.checks, temporal: () => Promise.reject(new Error('ECONNREFUSED temporal.internal')) },
    }),
  });
  try {
    expect((await down.get('/healthz', null)).status).toBe(200);
    const readiness = () => down.get('/readyz', null);
    // A database that stood still for two seconds counts as down, too.
    await expect.poll(readiness).toMatchObject({
      status: 503,
      body: { status: 'unavailable', parts: { database: { ok: true }, temporal: { ok: false } } },
      text: expect.not.stringContaining('internal'),
    });
    const id = await down.lead();
    await down.engine.database.drop();
    const answer = await down.get(`/v1/leads/${id}`);
    expectProblem(answer, 503, 'UNAVAILABLE');
    expect(answer.headers.get('retry-after')).toBe('2');
    expect((await readiness()).body).toMatchObject({ parts: { database: { ok: false } } });
  } finally {
    await down.close();
  }
});
