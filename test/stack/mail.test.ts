/** The mail inbox shows its mails to its own page alone. */
import { createConnection } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Child } from '../../src/stack/child.ts';
import { startMailInbox } from '../../src/stack/mail.ts';
import { findFreePorts } from '../../src/stack/ports.ts';

let dataDir: string;
let smtpPort: number;
let webPort: number;
let inbox: Child;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-mail-'));
  const [smtp = 0, web = 0] = await findFreePorts(2);
  [smtpPort, webPort] = [smtp, web];
  inbox = await startMailInbox({ dataDir, smtpPort, webPort });
  await send();
  // It is taken before it can be read.
  const read = async (): Promise<void> =>
    expect((await ask({ host: `localhost:${webPort}` })).body).toContain('decide here');
  await vi.waitFor(read, { timeout: 30_000, interval: 50 });
});
afterAll(async () => {
  await inbox.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function send(): Promise<void> {
  const smtp = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
  await smtp.sendMail({
    from: 'a@brookfield.example',
    to: 'rep@sales.example',
    subject: 'A brief',
    text: 'decide here',
  });
}

/** Asks with any Host and Origin, which `fetch` does not allow. */
function ask(
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; allowed: unknown; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: webPort, path: '/email', method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          allowed: response.headers['access-control-allow-origin'],
          body,
        }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('its own page reads the mails, and no header lets other pages in', async () => {
  const answer = await ask({ host: `localhost:${webPort}` });
  expect(answer).toMatchObject({ status: 200, allowed: undefined });
  expect(answer.body).toContain('decide here');
  expect(await ask({ host: `localhost:${webPort}`, origin: `http://localhost:${webPort}` })).toMatchObject({
    status: 200,
  });
});

test.each([
  ['a page of another origin', { host: 'localhost:PORT', origin: 'https://evil.example' }],
  [
    'a page of another origin by its fetch metadata',
    { host: 'localhost:PORT', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  ],
  ['a foreign name that resolves to this machine', { host: 'evil.example:PORT' }],
  ['a sandboxed page', { host: 'localhost:PORT', origin: 'null' }],
])('%s is refused', async (_, headers) => {
  const own = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(webPort))]),
  );
  const answer = await ask(own);
  expect(answer).toMatchObject({ status: 403, allowed: undefined });
  expect(answer.body).not.toContain('decide here');
  expect((await ask(own, 'OPTIONS')).allowed).toBeUndefined();
});

test('a socket that a page of another origin opens is refused', async () => {
  const socket = createConnection(webPort, '127.0.0.1');
  socket.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:${webPort}\r\nOrigin: https://evil.example\r\n` +
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
  );
  const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
  socket.destroy();
  expect(answer).toMatch(/^HTTP\/1\.1 403/);
});

test('a client that wants TLS, which it has none of, does not end it', async () => {
  const wanting = createTransport({ host: '127.0.0.1', port: smtpPort, requireTLS: true });
  await expect(wanting.verify()).rejects.toThrow(/STARTTLS|TLS|ssl/i);
  await send();
});
