/** Every mail of the sample playbook as a client's parser reads it, in each of its languages, with its headers point by point. */
import { simpleParser, type ParsedMail } from 'mailparser';
import { createTransport } from 'nodemailer';
import { expect, test } from 'vitest';
import { inEachLanguage } from '../../src/domain/template.ts';
import { compileTemplate } from '../../src/email/compile.ts';
import { buildLeadMessage } from '../../src/email/message.ts';
import { loadTemplates } from '../../src/email/read-templates.ts';
import { render } from '../../src/email/render.ts';
import { fullContext, SEND_ID } from './fixtures.ts';

const writer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
const sources = (await loadTemplates('templates')).filter(({ kind }) => kind !== 'transactional');
const cases = sources
  .flatMap(inEachLanguage)
  .map((source) => [`${source.key} ${source.language ?? ''}`, source] as const);
const UNSUBSCRIBE = `https://nurture.example/u/${'x'.repeat(60)}`;

test.each(cases)('%s', async (_name, source) => {
  const compiled = await compileTemplate(source);
  const { message } = await writer.sendMail(
    buildLeadMessage({
      id: SEND_ID,
      from: { address: 'hello@brookfield.example', name: 'Brookfield Irrigation' },
      to: { address: 'ada@alder.example', name: 'Ada Byron' },
      email: render(compiled, { ...fullContext, links: { ...fullContext.links, unsubscribe: UNSUBSCRIBE } }),
      date: new Date('2026-12-01T09:00:00Z'),
      unsubscribeUrl: UNSUBSCRIBE,
      unsubscribeMailbox: 'unsubscribe+abc@in.brookfield.example',
      topic: source.topic,
    }),
  );
  const raw = (message as Buffer).toString('latin1');
  const end = raw.indexOf('\r\n\r\n');
  const [head, body] = [raw.slice(0, end), raw.slice(end)];
  // RFC 5322: lines end with CRLF and have at most 998 characters; each of these headers is there once.
  expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  expect(Math.max(...raw.split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(998);
  for (const name of ['From', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version'])
    expect(head.match(new RegExp(`^${name}:`, 'gim')), name).toHaveLength(1);
  expect(head).toMatch(/^Message-ID: <[^\s<>@]+@brookfield\.example>$/m);
  // RFC 2369 and 8058: one line, an https address and a mailbox, and the header that makes one click enough.
  expect(head.split('\r\n')).toContain(
    `List-Unsubscribe: <${UNSUBSCRIBE}>, <mailto:unsubscribe+abc@in.brookfield.example?subject=unsubscribe>`,
  );
  expect(head.split('\r\n')).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  // RFC 2919: an identifier of the sender's own domain in angle brackets.
  expect(head).toMatch(/^List-Id: <[a-z0-9-]+\.brookfield\.example>$/im);
  // Seven-bit, so that nothing on the way has to be changed.
  expect(Buffer.byteLength(body, 'utf8')).toBe(body.length);

  const parsed: ParsedMail = await simpleParser(message as Buffer);
  expect(parsed.subject?.length).toBeGreaterThan(5);
  expect(parsed.from?.value).toEqual([{ address: 'hello@brookfield.example', name: 'Brookfield Irrigation' }]);
  expect(parsed.attachments).toEqual([]);
  for (const part of [parsed.text ?? '', String(parsed.html)]) {
    expect(part).toContain(UNSUBSCRIBE);
    expect(part).not.toMatch(/\{\{|\{%|undefined|\uFFFD/);
  }
  expect(String(parsed.html)).toContain(`<html lang="${source.language ?? 'en'}" dir="ltr"`);
});
