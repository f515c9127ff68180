/**
 * Every mail of the sample playbook, in each of its languages, as it arrives: sent by the product's own transport over SMTP, read by a client's
 * parser, its signature held by another verifier, its headers against the RFCs point by point.
 */
import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { simpleParser, type ParsedMail } from 'mailparser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inEachLanguage } from '../../src/domain/template.ts';
import { compileTemplate } from '../../src/email/compile.ts';
import { dkimRecord } from '../../src/email/dkim.ts';
import { buildAlertMessage, buildLeadMessage, type OutgoingMessage } from '../../src/email/message.ts';
import { loadTemplates } from '../../src/email/read-templates.ts';
import { render } from '../../src/email/render.ts';
import { createTransport, type MailTransport } from '../../src/email/transport.ts';
import { fullContext, SEND_ID } from './fixtures.ts';
import { startSmtp, type TestSmtp } from './smtp-servers.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const UNSUBSCRIBE = `https://nurture.example/u/${'x'.repeat(60)}`;

const sources = (await loadTemplates('templates')).flatMap(inEachLanguage);
const named = (isOfReps: boolean): (readonly [string, (typeof sources)[number]])[] =>
  sources
    .filter(({ kind }) => (kind === 'transactional') === isOfReps)
    .map((source) => [`${source.key} ${source.language ?? ''}`, source] as const);

let server: TestSmtp;
let transport: MailTransport;
beforeAll(async () => {
  server = await startSmtp();
  transport = createTransport(server.url, {
    dkim: { domainName: 'brookfield.example', keySelector: 'n1', privateKey },
  });
});
afterAll(async () => {
  await transport?.close();
  await server?.close();
});

interface Arrived {
  head: string[];
  parsed: ParsedMail;
  signed: string[];
}

/** Sends it, and checks what holds of every mail. */
async function arrived(message: OutgoingMessage): Promise<Arrived> {
  expect(await transport.send(message)).toMatchObject({ kind: 'accepted' });
  const raw = server.received.at(-1) ?? '';
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n');
  // RFC 5322: lines end with CRLF and have at most 998 characters; each of these headers is there once.
  expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  expect(Math.max(...raw.split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(998);
  for (const name of ['From', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version'])
    expect(
      head.filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`)),
      name,
    ).toHaveLength(1);
  expect(head).toContain(`Message-ID: <${SEND_ID}@brookfield.example>`);
  // Seven-bit, so that nothing on the way has to be changed.
  expect(raw).toMatch(/^[\r\n\t -~]*$/);

  const record = dkimRecord(privateKey, { domain: 'brookfield.example', selector: 'n1' });
  const resolver = (asked: string): Promise<string[][]> =>
    asked === record.name ? Promise.resolve([record.strings]) : Promise.reject(new Error(`${asked} is not there`));
  const { results } = await dkimVerify(Buffer.from(raw), { resolver });
  expect(results.map(({ status, signingDomain }) => [status.result, signingDomain])).toEqual([
    ['pass', 'brookfield.example'],
  ]);
  const signed = (results[0]?.signingHeaders?.keys ?? '')
    .toLowerCase()
    .split(':')
    .map((key) => key.trim());
  expect(signed).toEqual(expect.arrayContaining(['from', 'to', 'subject', 'date', 'message-id']));

  const parsed = await simpleParser(raw);
  expect(parsed.subject).toBe(message.subject);
  expect(parsed.from?.value).toEqual([{ address: 'hello@brookfield.example', name: 'Brookfield Irrigation' }]);
  expect(parsed.attachments).toEqual([]);
  expect(parsed.html).toBe(message.html);
  for (const part of [parsed.text ?? '', String(parsed.html)]) {
    expect(part.length).toBeGreaterThan(100);
    expect(part).not.toMatch(/\{\{|\{%|undefined|\[object|\uFFFD/);
  }
  return { head, parsed, signed };
}

const from = { address: 'hello@brookfield.example', name: 'Brookfield Irrigation' };
const date = new Date('2026-12-01T09:00:00Z');

test.each(named(false))('%s', async (_name, source) => {
  const context = { ...fullContext, links: { ...fullContext.links, unsubscribe: UNSUBSCRIBE } };
  const { head, parsed, signed } = await arrived(
    buildLeadMessage({
      id: SEND_ID,
      from,
      to: { address: 'ada@alder.example', name: 'Ada Byron' },
      email: render(await compileTemplate(source), context),
      date,
      unsubscribeUrl: UNSUBSCRIBE,
      unsubscribeMailbox: 'unsubscribe+abc@in.brookfield.example',
      topic: source.topic,
    }),
  );
  // RFC 2369 and 8058: one line, an https address and a mailbox, and the header that makes one click enough; both signed.
  expect(head).toContain(
    `List-Unsubscribe: <${UNSUBSCRIBE}>, <mailto:unsubscribe+abc@in.brookfield.example?subject=unsubscribe>`,
  );
  expect(head).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  // RFC 2919: an identifier of the sender's own domain in angle brackets.
  expect(head).toContainEqual(expect.stringMatching(/^List-Id: <[a-z0-9-]+\.brookfield\.example>$/i));
  expect(signed).toEqual(expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post', 'list-id']));
  for (const part of [parsed.text ?? '', String(parsed.html)]) expect(part).toContain(UNSUBSCRIBE);
  expect(String(parsed.html)).toContain(`<html lang="${source.language ?? 'en'}" dir="ltr"`);
});

test.each(named(true))('%s, to a rep', async (_name, source) => {
  const email = render(await compileTemplate(source), fullContext);
  const { head } = await arrived(
    buildAlertMessage({ id: SEND_ID, from, to: { address: 'tom@brookfield.example', name: 'Tom' }, email, date }),
  );
  // RFC 3834: made by a program, so that no out-of-office answers it. It belongs to no list.
  expect(head).toContain('Auto-Submitted: auto-generated');
  expect(head.filter((line) => /^List-/i.test(line))).toEqual([]);
});
