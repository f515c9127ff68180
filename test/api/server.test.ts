import { createServer } from 'node:net';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi } from '../../src/api/server.ts';
import type { Config } from '../../src/runtime/config.ts';
import { startEngine, type Engine } from '../support/engine.ts';

/** Much less than an idle connection is kept, and more than a busy machine needs. */
const KEPT_MS = 30_000;
/** A part that stood still for two seconds counts as down, and is asked again: the mail server every ten seconds. */
async function readiness(port: number): Promise<[status: number, body: unknown]> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  return [answer.status, await answer.json()];
}

let engine: Engine;
let config: Config;
beforeAll(async () => {
  engine = await startEngine({ worker: false });
  // Whatever else runs on this machine, no worker serves its metrics there.
  config = { ...engine.config, port: 0, workerMetricsUrl: 'http://127.0.0.1:1/metrics' };
});
afterAll(() => engine.close());

test('starts, is ready, knows the seeded key, rings processes, and closes everything', async () => {
  const api = await startApi(config);
  const base = `http://127.0.0.1:${api.port}`;
  try {
    await expect
      .poll(() => readiness(api.port))
      .toMatchObject([200, { status: 'ready', parts: { database: { ok: true }, temporal: { ok: true } } }]);
    const made = await fetch(`${base}/v1/leads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${config.adminApiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'first@example.com', source: 'drip' }),
    });
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: string };
    // No worker runs: that the process stands there is the relay's doing.
    await engine.until(
      () =>
        engine
          .handle(id)
          .describe()
          .then(
            ({ status }) => status.name,
            () => 'none',
          ),
      (status) => status === 'RUNNING',
    );
    expect(await (await fetch(`${base}/metrics`)).text()).toContain("# The worker's metrics cannot be reached");
  } finally {
    await api.close();
  }
  await expect(fetch(`${base}/healthz`)).rejects.toThrow('fetch failed');
});

test('a request under way is answered before it closes', async () => {
  const api = await startApi(config);
  const agent = new Agent({ keepAlive: true });
  const slow = request({
    port: api.port,
    path: '/v1/leads',
    method: 'POST',
    agent,
    headers: {
      authorization: `Bearer ${config.adminApiKey}`,
      'content-type': 'application/json',
      expect: '100-continue',
    },
  });
  const answered = once(slow, 'response') as Promise<[IncomingMessage]>;
  slow.flushHeaders();
  // Says that the server has the request.
  await once(slow, 'continue');
  const since = performance.now();
  const closed = api.close();
  await expect(fetch(`http://127.0.0.1:${api.port}/healthz`)).rejects.toThrow('fetch failed');
  slow.end('{"email":"slow@example.com"}');
  const [response] = await answered;
  response.resume();
  expect(response.statusCode).toBe(201);
  await closed;
  // Its connection is kept by the client, and closed here all the same.
  expect(performance.now() - since).toBeLessThan(KEPT_MS);
  agent.destroy();
});

test('an idle connection is kept longer than a load balancer keeps it, and closed at once on the way down', async () => {
  const api = await startApi(config);
  const agent = new Agent({ keepAlive: true });
  const [response] = (await once(get({ port: api.port, path: '/healthz', agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  expect(response.headers['keep-alive']).toBe('timeout=75');
  const since = performance.now();
  await api.close();
  expect(performance.now() - since).toBeLessThan(KEPT_MS);
  agent.destroy();
});

test('readiness says that the mail server does not answer; everything else works', async () => {
  const api = await startApi({ ...config, mail: { ...config.mail, smtpUrl: 'smtp://127.0.0.1:1' } });
  try {
    await expect
      .poll(() => readiness(api.port))
      .toMatchObject([
        200,
        { status: 'degraded', parts: { database: { ok: true }, mail: { ok: false, error: 'does not answer' } } },
      ]);
  } finally {
    await api.close();
  }
});

test('a busy port is one clear line', async () => {
  const other = createServer().listen(0);
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(startApi({ ...config, port })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(new RegExp(`Port ${port} is in use`)),
  });
  other.close();
});
