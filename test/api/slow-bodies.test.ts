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

/** Sends the head of a request and a little of its body, and waits until the server has closed the connection. */
async function answerBeforeBody(head: string): Promise<string> {
  const { port } = new URL(bench.base);
  const socket = connect(Number(port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.on('error', () => {});
  socket.write(`${head}\r\nHost: x\r\nContent-Length: 1000\r\n\r\nfrom=`);
  await once(socket, 'close');
  return text;
}

const FORM = 'Content-Type: application/x-www-form-urlencoded';

test('what anybody can post to by a link is answered and closed before its body is there, if the link is none', async () => {
  const posts = bench.api.routes.filter(({ access, method }) => access === 'public' && method !== 'get');
  const paths = posts.map(({ path }) => path.replace(':token', 'none'));
  expect(paths).toEqual(expect.arrayContaining(['/u/none', '/r/none']));
  for (const path of paths) {
    const text = await answerBeforeBody(`POST ${path} HTTP/1.1\r\n${FORM}`);
    expect(text, path).toMatch(/^HTTP\/1\.1 404 /);
    expect(text, path).toMatch(/connection: close/i);
  }
});

const NO_SESSION = `Cookie: nurture_session=${'x'.repeat(43)}`;
test.each([
  ['a form of the console without a session', 303, `POST /console/leads/find HTTP/1.1\r\n${FORM}`],
  ['with a session that is none', 303, `POST /console/leads/lead-1/accept HTTP/1.1\r\n${FORM}\r\n${NO_SESSION}`],
  ['signing out without one', 303, `POST /console/sign-out HTTP/1.1\r\n${FORM}\r\n${NO_SESSION}`],
  ['signing in without a cookie', 403, `POST /console/sign-in HTTP/1.1\r\n${FORM}`],
  [
    'a link to sign in that is none',
    403,
    `POST /console/sign-in/none HTTP/1.1\r\n${FORM}\r\nCookie: nurture_browser=${'x'.repeat(43)}`,
  ],
  ['a form with an unknown key', 401, `POST /v1/leads HTTP/1.1\r\n${FORM}\r\nAuthorization: Bearer none`],
  [
    'JSON with an unknown key',
    401,
    'POST /v1/leads HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: Bearer none',
  ],
])('%s is answered, and its connection closed, before its body is there', async (_what, status, head) => {
  expect(await answerBeforeBody(head)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

test('a form with a key that may send none is refused before its body is there', async () => {
  const text = await answerBeforeBody(
    `POST /v1/leads HTTP/1.1\r\n${FORM}\r\nAuthorization: Bearer ${bench.keys.admin}`,
  );
  expect(text).toMatch(/^HTTP\/1\.1 415 /);
});

test('a form to sign in is read no further than an address needs', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', cookie: `nurture_browser=${'x'.repeat(43)}` };
  const sent = await fetch(`${bench.base}/console/sign-in`, {
    method: 'POST',
    headers,
    body: `email=${'a'.repeat(5_000)}`,
  });
  expect(sent.status).toBe(413);
});
