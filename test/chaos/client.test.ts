/** How long the client of chaos goes on asking: until it is answered, its time is over, or it is given up. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClient } from '../../chaos/client.ts';
import { giveUp } from '../../chaos/give-up.ts';

const GET = { method: 'GET', path: '/' } as const;
let asked = 0;
const server = createServer((_request, response) => {
  asked += 1;
  response.writeHead(503).end();
});
let base = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a request that is repeated for a while ends with the last answer', async () => {
  const hour = 3_600_000;
  const before = asked;
  // The hour is over when the second request is answered.
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => (asked - before < 2 ? 0 : hour + 1));
  try {
    const answer = await createClient([base], 'key').ask({ ...GET, forMs: hour });
    expect(answer).toMatchObject({ status: 503, attempts: 2 });
  } finally {
    clock.mockRestore();
  }
});

test('after it was given up nothing is repeated, and nothing new is asked', async () => {
  const client = createClient([base], 'key');
  const asking = client.ask(GET);
  await sleep(100);
  client.giveUp();
  expect(await asking).toMatchObject({ status: 503 });
  const before = asked;
  expect(await client.ask(GET)).toMatchObject({ status: 0, attempts: 0 });
  expect(asked).toBe(before);
});

test('a client that has ended is not waited for', async () => {
  const client = createClient([base], 'key');
  await giveUp(client, Promise.resolve());
  expect(await client.ask(GET)).toMatchObject({ status: 0 });
});
