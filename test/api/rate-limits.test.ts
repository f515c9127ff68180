/** How often somebody may ask: counted by key and address, by all processes of the API together. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRateLimits } from '../../src/api/rate-limits.ts';
import { closeDb, createDb } from '../../src/store/db.ts';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
/** A second process on the same database, as far as limits go. */
let second: Bench;

beforeAll(async () => {
  const trust = { trustProxy: 1 };
  bench = await openApi({ change: (deps) => ({ ...deps, settings: { ...deps.settings, ...trust } }) });
  second = await openApi({
    change: (deps) => ({
      ...deps,
      store: { ...deps.store, db: bench.db },
      findKey: bench.deps.findKey,
      handles: bench.handles,
      limits: createRateLimits(bench.db, { ...bench.engine.config, trustProxy: 1 }, deps.log),
      settings: { ...deps.settings, ...trust },
    }),
  });
});
afterAll(async () => {
  await second.close();
  await bench.close();
});

let addresses = 0;
/** Of somebody who has not asked before. */
const somebody = () => `198.51.100.${(addresses += 1)}`;
const ask = (from: Bench, ip: string, path: string, init: { key: string | null; body?: unknown }) =>
  from.call(init.body === undefined ? 'GET' : 'POST', path, { ...init, headers: { 'x-forwarded-for': ip } });
const form = (from: Bench, ip: string, n: number) =>
  ask(from, ip, '/v1/leads', { key: bench.keys.site, body: { email: `p${ip}-${n}@limits.example` } });

test('300 forms by one site key from one address: 30 are taken, by two processes together, the others get 429', async () => {
  const ip = somebody();
  const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => form(n % 2 === 0 ? bench : second, ip, n)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(30);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(270);
  for (const { headers, body } of refused) {
    expect(body.code).toBe('RATE_LIMITED');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(headers.get('ratelimit-remaining')).toBe('0');
    expect(headers.get('ratelimit-limit')).toBe('30');
  }
  expect(await bench.db.lead.count({ where: { email: { startsWith: `p${ip}-` } } })).toBe(30);
  expect((await form(bench, somebody(), 0)).headers.get('ratelimit-remaining')).toBe('29');
  const server = { email: `p${ip}-server@limits.example` };
  expect((await ask(bench, ip, '/v1/leads', { key: bench.keys.marketer, body: server })).status).toBe(201);
});

test('IPv6 addresses of one network count together; no address is stored', async () => {
  const from = (host: string) => form(bench, `2001:db8:1:2:${host}`, 0);
  expect((await from('1:2:3:4')).headers.get('ratelimit-remaining')).toBe('29');
  expect((await from('aaaa::1')).headers.get('ratelimit-remaining')).toBe('28');
  expect((await form(bench, '2001:db8:1:3::1', 0)).headers.get('ratelimit-remaining')).toBe('29');
  const rows = await bench.db.rateLimit.findMany();
  expect(JSON.stringify(rows.map(({ key }) => key))).not.toMatch(/198\.51|2001/);
});

test('the events of a batch are counted one by one', async () => {
  const ip = somebody();
  const { body } = await form(bench, ip, 0);
  const events = Array.from({ length: 250 }, (_, n) => ({
    id: `limited-${n}`,
    leadId: String(body['id']),
    type: 'page.viewed',
  }));
  const send = () => ask(bench, ip, '/v1/events', { key: bench.keys.site, body: { events } });
  expect([(await send()).status, (await send()).status, (await send()).status]).toEqual([200, 200, 429]);
});

test('a site key from many addresses has a total, which requests that an address has too much do not use up', async () => {
  const { config } = bench.engine;
  const rateLimits = { ...config.rateLimits, forms: 3, formsOfKey: 6 };
  const limits = createRateLimits(bench.db, { ...config, trustProxy: 1, rateLimits }, bench.deps.log);
  const caller = { keyId: 'key-from-many-addresses', role: 'site', rep: null, origins: [] } as const;
  const told: Record<string, string> = {};
  const res = { setHeader: (name: string, value: string) => ((told[name] = value), res) };
  const spend = (ip: string) =>
    limits.spend('forms', { ip, headers: {}, res } as unknown as Parameters<typeof limits.spend>[1], caller);
  const one = somebody();
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => spend(one)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  for (let n = 0; n < 3; n += 1) await spend(somebody());
  delete told['Retry-After'];
  await expect(spend(somebody())).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    message: expect.stringMatching(/^Too many requests with this key: at most 6 a minute\./),
  });
  expect(Number(told['Retry-After'])).toBeGreaterThan(0);
  // Another key has its own.
  await limits.spend('forms', { ip: somebody(), headers: {} } as Parameters<typeof limits.spend>[1], {
    ...caller,
    keyId: 'key-2',
  });
});

test('an address that tries wrong keys is refused; valid keys of others still work', async () => {
  const ip = somebody();
  const guess = (n: number) => ask(bench, ip, '/v1/leads', { key: `nk_admin_guess-${n}` });
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => guess(n)));
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(30);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
  // Not asked for yet, so that it is not in memory: a guess may be right in the end.
  expect((await ask(bench, ip, '/v1/leads', { key: bench.keys.operator })).status).toBe(429);
  expect((await ask(bench, somebody(), '/v1/leads', { key: bench.keys.operator })).status).toBe(200);
});

test('the page of a decision is limited, and says so as a page; a link is followed whatever was asked before', async () => {
  const ip = somebody();
  const look = () => ask(bench, ip, '/r/nonsense', { key: null });
  const answers = await Promise.all(Array.from({ length: 125 }, look));
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(120);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers.get('content-type')).toMatch(/html/);
  expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
  const clicks = await Promise.all(Array.from({ length: 150 }, () => ask(bench, ip, '/c/nonsense', { key: null })));
  expect(new Set(clicks.map(({ status }) => status))).toEqual(new Set([404]));
});

test('without the database each process counts by itself: it still lets in as many as the limit allows', async () => {
  const gone = createDb('postgresql://nobody:nothing@127.0.0.1:1/none');
  const { config } = bench.engine;
  const limits = createRateLimits(gone, { ...config, rateLimits: { ...config.rateLimits, forms: 3 } }, bench.deps.log);
  const request = { ip: somebody(), headers: {} } as Parameters<typeof limits.spend>[1];
  const tries = await Promise.allSettled(Array.from({ length: 5 }, () => limits.spend('forms', request)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  await closeDb(gone);
});
