import { generateKeyPairSync } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/domain/effect.ts';
import { createTransport, type MailTransport, type TransportOptions } from '../../src/email/transport.ts';
import { message, SEND_ID } from './fixtures.ts';
import { startScripted, startSmtp, type Script, type TestSmtp } from './smtp-servers.ts';

/** For servers that answer. A process that stands still for a moment must not count as a server that does. */
const CALM: TransportOptions = {
  connectionTimeout: 20_000,
  greetingTimeout: 20_000,
  socketTimeout: 20_000,
  totalTimeout: 25_000,
};
/** For servers that hang before they have the message: when it is given up does not matter. */
const QUICK: TransportOptions = {
  connectionTimeout: 500,
  greetingTimeout: 500,
  socketTimeout: 500,
  totalTimeout: 5_000,
};
/** For servers that hang when they have it: a process that stands still for a moment must come to that. */
const PATIENT: TransportOptions = { ...CALM, socketTimeout: 3_000 };
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function against(
  starting: Promise<TestSmtp>,
  options = CALM,
): Promise<{ server: TestSmtp; transport: MailTransport }> {
  const server = await starting;
  open.push(() => server.close());
  const transport = createTransport(server.url, options);
  open.push(() => transport.close());
  return { server, transport };
}

async function scripted(script: Script): Promise<{ outcome: Outcome; received: number }> {
  const hangsAt = (Object.keys(script) as (keyof Script)[]).find((moment) => script[moment] === 'hang');
  const options = hangsAt === undefined ? CALM : hangsAt === 'body' || hangsAt === 'dot' ? PATIENT : QUICK;
  const { server, transport } = await against(startScripted(script), options);
  const outcome = await transport.send(message());
  return { outcome, received: server.received.length };
}

function refusal(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

describe('a server that takes the message', () => {
  it('is accepted, with all headers whole', async () => {
    const { server, transport } = await against(startSmtp());
    expect(await transport.send(message())).toMatchObject({
      kind: 'accepted',
      response: expect.stringContaining('250'),
    });
    const [raw = ''] = server.received;
    expect(raw).toContain(`Message-ID: <${SEND_ID}@brookfield.example>`);
    expect(raw).toContain(`X-Nurture-Send: ${SEND_ID}`);
    expect(raw).toMatch(/^List-Unsubscribe: <https:\/\/\S+>\r$/m);
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    expect(raw).toMatch(/^List-Id: <irrigation-guides\.brookfield\.example>\r$/im);
    expect(raw).toContain('Date: Tue, 01 Dec 2026 09:00:00 +0000');
  });

  it('arrives as two parts that a parser reads as they were written', async () => {
    const { server, transport } = await against(startSmtp());
    const text = `Größe = 5 €\n.\n..two dots\n${'a long line '.repeat(40)}\n`;
    const html = `<p style="color:#fff">${'Größe &amp; Preis = 5 € '.repeat(2_000)}</p>\n.\n`;
    expect(await transport.send({ ...message(), text, html })).toMatchObject({ kind: 'accepted' });
    expect(server.received).toHaveLength(1);
    const [raw = ''] = server.received;
    expect(raw).toMatch(/^[\r\n\t -~]*$/);
    const read = await simpleParser(raw);
    expect({ text: read.text, html: read.html, attachments: read.attachments }).toEqual({
      text,
      html,
      attachments: [],
    });
    expect(raw.match(/^Content-Type: /gim)).toHaveLength(3);
  });

  it('signs both List-Unsubscribe headers', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const { server, transport } = await against(startSmtp(), {
      ...CALM,
      dkim: { domainName: 'brookfield.example', keySelector: 'n1', privateKey },
    });
    expect(await transport.send(message())).toMatchObject({ kind: 'accepted' });
    const signature = /^DKIM-Signature: [^]*?\r\n(?!\s)/m
      .exec(server.received[0] ?? '')?.[0]
      .replaceAll(/\s+/g, '')
      .toLowerCase();
    expect(signature).toMatch(/h=[^;]*:list-unsubscribe:list-unsubscribe-post/);
  });

  it('serves many sends over few connections, once each', async () => {
    const { server, transport } = await against(startSmtp(), { maxConnections: 3 });
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => transport.send(message())));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(server.received).toHaveLength(60);
  });

  it('verifies', async () => {
    const { transport } = await against(startSmtp());
    expect(await transport.verify()).toEqual({ ok: true });
  });
});

describe.each([{ hidePIPELINING: false }, { hidePIPELINING: true }])(
  'a server that answers with refusals ($hidePIPELINING)',
  (pipelining) => {
    it.each([
      ['MAIL FROM', 550, '5.7.1 not you', 'sender'],
      ['MAIL FROM', 550, 'no', 'sender'],
      ['RCPT TO', 550, '5.1.1 <ada@alder.example> unknown', 'recipient'],
      ['RCPT TO', 550, 'no such user ada@alder.example', 'recipient'],
      ['RCPT TO', 554, '5.7.1 relay denied', 'sender'],
      ['RCPT TO', 550, '5.1.8 bad sender', 'sender'],
      ['RCPT TO', 554, 'no', 'message'],
      ['RCPT TO', 550, 'SC-001 your network is on our block list', 'sender'],
      ['RCPT TO', 553, 'denied by policy (#5.7.1)', 'sender'],
      ['RCPT TO', 552, '5.2.2 over quota', 'mailbox'],
      ['dot', 550, '5.7.26 unauthenticated', 'sender'],
      ['dot', 554, '5.6.0 bad content', 'message'],
      ['dot', 550, '5.1.1 unknown', 'recipient'],
      ['dot', 552, '5.2.2 over quota', 'mailbox'],
    ])('%s %d %s: refused, about the %s', async (phase, code, text, scope) => {
      const error = refusal(code, text);
      const { transport } = await against(startSmtp({ ...pipelining, ...failingAt(phase, error) }));
      const outcome = await transport.send(message());
      expect(outcome).toMatchObject({ kind: 'refused', permanent: true, code: String(code), scope });
      expect(JSON.stringify(outcome)).not.toContain('ada@');
    });

    it.each([
      ['MAIL FROM', 421],
      ['MAIL FROM', 450],
      ['MAIL FROM', 451],
      ['RCPT TO', 421],
      ['RCPT TO', 450],
      ['RCPT TO', 503],
      ['dot', 421],
      ['dot', 450],
      ['dot', 451],
    ])('%s %d: released', async (phase, code) => {
      const { transport } = await against(startSmtp({ ...pipelining, ...failingAt(phase, refusal(code, 'later')) }));
      const outcome = await transport.send(message());
      // With PIPELINING, 421 at RCPT closes the connection before the answer to DATA, which decides the envelope.
      expect(outcome).toMatchObject({
        kind: 'released',
        code: expect.stringMatching(code === 421 ? /421|ECONNECTION/ : String(code)),
      });
    });

    it('goes on with the next message after a refusal', async () => {
      let count = 0;
      const { server, transport } = await against(
        startSmtp({
          ...pipelining,
          onRcptTo: (_address, _session, done) => done(count++ === 0 ? refusal(550, '5.1.1 unknown') : null),
        }),
        { maxConnections: 1 },
      );
      expect(await transport.send(message())).toMatchObject({ kind: 'refused' });
      expect(await transport.send(message())).toMatchObject({ kind: 'accepted' });
      expect(server.received).toHaveLength(1);
    });
  },
);

function failingAt(phase: string, error: Error): object {
  if (phase === 'MAIL FROM')
    return { onMailFrom: (_address: unknown, _session: unknown, done: (error: Error) => void) => done(error) };
  if (phase === 'RCPT TO')
    return { onRcptTo: (_address: unknown, _session: unknown, done: (error: Error) => void) => done(error) };
  return {
    onData(stream: NodeJS.ReadableStream, _session: unknown, done: (error: Error) => void) {
      stream.resume();
      stream.on('end', () => done(error));
    },
  };
}

describe('a server without TLS', () => {
  it('gets nothing where TLS is required, whatever the URL says', async () => {
    const server = await startSmtp();
    open.push(() => server.close());
    const transport = createTransport(`${server.url}/?ignoreTLS=true`, { ...CALM, requireTls: true });
    open.push(() => transport.close());
    expect(await transport.send(message())).toMatchObject({ kind: 'released' });
    expect(await transport.verify()).toMatchObject({ ok: false });
    expect(server.received).toEqual([]);
  });
});

describe('a server that goes wrong before it has the message', () => {
  it.each<[string, Script]>([
    ['refuses the connection by 554', { greeting: '554 5.7.1 go away' }],
    ['refuses the connection by 421', { greeting: '421 busy' }],
    ['never greets', { greeting: 'hang' }],
    ['drops before the greeting', { greeting: 'drop' }],
    ['drops at EHLO', { ehlo: 'drop' }],
    ['drops at MAIL', { mail: 'drop' }],
    ['drops at RCPT', { rcpt: 'drop' }],
    ['hangs at RCPT', { rcpt: 'hang' }],
    ['drops at DATA', { data: 'drop' }],
    ['hangs at DATA', { data: 'hang' }],
    ['answers DATA with 451', { data: '451 later' }],
    ['answers DATA with 421', { data: '421 closing' }],
  ])('%s: released, nothing arrived', async (_name, script) => {
    const { outcome, received } = await scripted(script);
    expect(outcome.kind).toBe('released');
    expect(received).toBe(0);
  });

  it('answers DATA with 554: refused', async () => {
    expect((await scripted({ data: '554 no valid recipients' })).outcome).toMatchObject({
      kind: 'refused',
      code: '554',
      scope: 'mailbox',
    });
  });

  it('is not there: released', async () => {
    const { server, transport } = await against(startSmtp());
    await server.close();
    expect(await transport.send(message())).toMatchObject({ kind: 'released' });
    expect(await transport.verify()).toMatchObject({ ok: false });
  });

  it('trickles replies past every silence limit: released by the total limit', async () => {
    const { transport } = await against(startScripted({ ehlo: 'hang' }), {
      ...QUICK,
      socketTimeout: 60_000,
      greetingTimeout: 60_000,
      connectionTimeout: 60_000,
      totalTimeout: 250,
    });
    const begun = performance.now();
    expect(await transport.send(message())).toMatchObject({ kind: 'released', code: 'EABORT' });
    // The other limits are a minute each.
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('drops an idle connection between two messages: never sent twice, never in doubt', async () => {
    const { server, transport } = await against(startSmtp(), { ...CALM, maxConnections: 1 });
    expect(await transport.send(message())).toMatchObject({ kind: 'accepted' });
    server.drop();
    const second = await transport.send(message());
    expect(['accepted', 'released']).toContain(second.kind);
    expect(server.received).toHaveLength(second.kind === 'accepted' ? 2 : 1);
  });
});

describe('a server that goes wrong when it has the message', () => {
  it.each<[string, Script]>([
    ['drops in the middle of the message', { body: 'drop' }],
    ['hangs in the middle of the message', { body: 'hang' }],
    ['drops after the final dot', { dot: 'drop' }],
    ['hangs after the final dot', { dot: 'hang' }],
  ])('%s: in doubt', async (_name, script) => {
    expect((await scripted(script)).outcome.kind).toBe('in_doubt');
  });

  it('does not send again by itself', async () => {
    const { server, transport } = await against(startScripted({ dot: 'drop' }));
    expect(await transport.send(message())).toMatchObject({ kind: 'in_doubt' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(server.received).toHaveLength(1);
  });

  it('is in doubt too when the total limit strikes after DATA', async () => {
    const { transport } = await against(startScripted({ dot: 'hang' }), {
      ...CALM,
      socketTimeout: 60_000,
      totalTimeout: 3_000,
    });
    expect(await transport.send(message())).toMatchObject({ kind: 'in_doubt' });
  });
});

describe('the transport itself', () => {
  it.each([
    'ada@alder.example>\r\nRCPT TO:<all@alder.example',
    'a@x.example, b@x.example',
    'Ada <a@x.example>',
    'ada',
    '@x.example',
    '',
  ])('sends to one address only: %j', async (to) => {
    const { server, transport } = await against(startSmtp());
    const outcome = await transport.send(message(to));
    expect(outcome).toMatchObject({ kind: 'refused', scope: 'recipient' });
    expect(server.received).toHaveLength(0);
  });

  it('waits for what is on its way when it closes, and releases what comes later', async () => {
    const { server, transport } = await against(startSmtp());
    const first = transport.send(message());
    await transport.close();
    expect(await first).toMatchObject({ kind: 'accepted' });
    expect(await transport.send(message())).toMatchObject({ kind: 'released' });
    expect(server.received).toHaveLength(1);
  });

  it('ignores what an SMTP_URL must not change, and wants a real one', async () => {
    const { server } = await against(startScripted({ rcpt: 'drop' }));
    const transport = createTransport(`${server.url}?maxRequeues=5&logger=true&debug=true`, QUICK);
    open.push(() => transport.close());
    expect(await transport.send(message())).toMatchObject({ kind: 'released' });
    expect(() => createTransport('mail.example:25')).toThrow(/SMTP_URL/);
    expect(() => createTransport('nonsense')).toThrow(/SMTP_URL/);
  });
});
