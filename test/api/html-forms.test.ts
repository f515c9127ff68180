/** A form of a page without a script: it sends no header and no JSON, and a person reads the answer. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
let key = '';
const SHOP = 'https://shop.example';
beforeAll(async () => {
  bench = await openApi();
  const made = await bench.post('/v1/api-keys', { name: 'shop', role: 'site', origins: [SHOP] });
  key = String(made.body['secret']);
});
afterAll(() => bench.close());

const URLENCODED = { 'content-type': 'application/x-www-form-urlencoded' };
const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  bench.call('POST', '/v1/leads', {
    key: null,
    raw: new URLSearchParams(fields).toString(),
    headers: { ...URLENCODED, origin: SHOP, ...headers },
  });
const leadOf = (email: string) =>
  bench.db.lead.findUnique({ where: { email }, include: { touches: true, consents: true } });

test('flat names, dots for parts, empty fields not filled in, other names as attributes; a page says thank you', async () => {
  const answer = await post({
    key,
    email: 'Plain@form.example',
    firstName: 'Ada',
    company: '',
    companySize: '50',
    'need.productLine': 'vineyard',
    'consent.text': 'Yes, send me tips.',
    'consent.source': 'plain form',
    hectares: '3',
    submit: 'Send',
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/html/);
  expect(answer.text).toMatch(/Thank you/);
  expect(answer.text).not.toContain('plain@form.example');
  expect(await leadOf('plain@form.example')).toMatchObject({
    firstName: 'Ada',
    company: null,
    companySize: 50,
    attributes: { hectares: '3', submit: 'Send' },
    touches: [{ how: 'form', request: { productLine: 'vineyard' } }],
    consents: [{ granted: true, text: 'Yes, send me tips.', source: 'plain form' }],
  });
});

test('multipart as well; the browser goes on to a page of the key’s own origins, and to no other', async () => {
  const send = (redirect: string) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ key, redirect, email: 'multi@form.example' }))
      form.append(name, value);
    form.append('file', new Blob(['x']), 'x.txt');
    return bench.call('POST', '/v1/leads', { key: null, raw: form, headers: { origin: SHOP } });
  };
  const own = await send(`${SHOP}/thanks?a=1`);
  expect([own.status, own.headers.get('location')]).toEqual([303, `${SHOP}/thanks?a=1`]);
  for (const redirect of ['https://evil.example/', 'javascript:alert(1)', '//evil.example', '/relative']) {
    const other = await send(redirect);
    expect([other.status, other.headers.get('location')]).toEqual([200, null]);
  }
  expect((await leadOf('multi@form.example'))?.touches).toHaveLength(5);
});

test('what is wrong is a page with what would be right, and nothing is kept', async () => {
  const wrong = await post({ key, email: 'not an address' });
  expect([wrong.status, wrong.headers.get('content-type')]).toEqual([400, expect.stringMatching(/html/)]);
  expect(wrong.text).toMatch(/email/);
  expect((await post({ email: 'nobody@form.example' })).status).toBe(401);
  expect((await post({ key, email: 'nobody@form.example' }, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await post({ key, email: 'nobody@form.example', '__proto__.x': '1', 'constructor.y': '2' })).status).toBe(
    200,
  );
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  const large = await post({ key, email: 'large@form.example', text: 'x'.repeat(150_000) });
  expect(large.status).toBe(413);
});

test('a script that sends the form with its key gets JSON; other keys send JSON', async () => {
  const raw = new URLSearchParams({ email: 'script@form.example' }).toString();
  const byScript = await bench.call('POST', '/v1/leads', { key, raw, headers: URLENCODED });
  expect(byScript).toMatchObject({ status: 201, body: { outcome: 'received' } });
  const byServer = await bench.call('POST', '/v1/leads', { key: bench.keys.admin, raw, headers: URLENCODED });
  expect(byServer).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
});
