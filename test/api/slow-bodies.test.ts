/** Who has no valid link holds no connection with a body that never comes. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

test.each(['/u/none', '/r/none'])('POST %s is answered and closed before its body is there', async (path) => {
  const { port } = new URL(bench.base);
  const socket = connect(Number(port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nfrom=`,
  );
  await once(socket, 'end');
  socket.destroy();
  expect(text).toMatch(/^HTTP\/1\.1 404 /);
  expect(text).toMatch(/connection: close/i);
});
