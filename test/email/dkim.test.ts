/** Mails are signed so that an independent verifier accepts them, with the record that the command line prints. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { afterAll, expect, test } from 'vitest';
import { makeDkim } from '../../src/cli/dkim.ts';
import { dkimOf, dkimRecord } from '../../src/email/dkim.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { newId } from '../../src/domain/ids.ts';
import { beginMail, finishMail } from '../../src/effects/mail-writer.ts';
import { readInboundAddress } from '../../src/email/inbound/address.ts';
import { makeTemplate } from '../../src/email/read-templates.ts';
import { createTransport } from '../../src/email/transport.ts';
import { loadConfig, loadSenderNames } from '../../src/runtime/config.ts';
import { simpleParser } from 'mailparser';
import { buildLeadMessage } from '../../src/email/message.ts';
import { message, SEND_ID } from './fixtures.ts';
import { startSmtp } from './smtp-servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'nurture-dkim-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'dkim.pem');
const config = loadConfig({
  MAIL_FROM: 'Brookfield <hannah@brookfield.example>',
  DKIM_KEY_FILE: file,
  DKIM_SELECTOR: 'n1',
});

test('the key is made once, for its owner alone; its record is printed again', () => {
  const first = makeDkim(config, { out: file });
  expect(first.text).toContain('n1._domainkey.brookfield.example. IN TXT "v=DKIM1; k=rsa; p=');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const second = makeDkim(config, { out: file });
  expect(second.data).toMatchObject({ isNew: false, record: (first.data as { record: unknown }).record });
  writeFileSync(join(folder, 'other'), 'no key');
  expect(() => makeDkim(config, { out: join(folder, 'other') })).toThrow(/holds no private key/);
  const nowhere = join(folder, 'none', 'dkim.pem');
  expect(() => makeDkim(config, { out: nowhere })).toThrow(`there is no folder ${join(folder, 'none')}`);
  expect(first.text).toContain(`DKIM_KEY_FILE=${file}`);
});

test('a key is made from the names of the sender alone, and the records of the return path are printed', () => {
  const env = { NODE_ENV: 'production', MAIL_FROM: 'hello@shop.example', INBOUND_DOMAIN: 'Bounces.shop.example' };
  expect(() => loadConfig(env)).toThrow(/DATABASE_URL/);
  const { text } = makeDkim(loadSenderNames(env), { out: join(folder, 'early.pem') });
  expect(text).toContain('nurture._domainkey.shop.example. IN TXT');
  expect(text).toContain('bounces.shop.example. IN TXT "v=spf1 include:');
  expect(text).toContain('bounces.shop.example. IN MX 10 <');
  expect(() => loadSenderNames({ MAIL_FROM: 'nobody' })).toThrow(/MAIL_FROM must be an address/);
});

test('an independent verifier accepts the signature, and refuses it when a header was changed', async () => {
  const dkim = dkimOf(config.mail.dkim, config.mail.from);
  if (dkim === null) throw new Error('no key');
  const server = await startSmtp();
  const transport = createTransport(server.url, { dkim });
  try {
    expect(await transport.send(message())).toMatchObject({ kind: 'accepted' });
  } finally {
    await transport.close();
    await server.close();
  }
  const [raw = ''] = server.received;
  const { name, strings } = dkimRecord(dkim.privateKey, { domain: 'brookfield.example', selector: 'n1' });
  const resolver = (asked: string): Promise<string[][]> =>
    asked === name ? Promise.resolve([strings]) : Promise.reject(new Error(`${asked} was not to be asked for`));
  const resultOf = async (mail: string): Promise<string | undefined> =>
    (await dkimVerify(Buffer.from(mail, 'latin1'), { resolver })).results[0]?.status.result;
  expect(await resultOf(raw)).toBe('pass');
  expect(await resultOf(raw.replace('List-Unsubscribe-Post: List', 'List-Unsubscribe-Post: Lost'))).toBe('fail');
});

test('each sender signs by its own domain, and its return path names the send', async () => {
  const key = dkimOf(config.mail.dkim, config.mail.from);
  if (key === null) throw new Error('no key');
  const dkim = { ...key, others: ['offers.example', 'news.brookfield.example'] };
  const from: string[] = [];
  const server = await startSmtp({
    onMailFrom: ({ address }, _session, done) => {
      from.push(address);
      done();
    },
  });
  const transport = createTransport(server.url, { dkim });
  const tokens = createTokens(['a secret of the test']);
  const mail = {
    tokens,
    from: { address: 'hello@brookfield.example', name: 'Brookfield' },
    companyName: 'Brookfield',
    postalAddress: '1 Mill Lane',
    publicUrl: 'https://app.brookfield.example',
    inboundDomain: 'in.brookfield.example',
    transport,
  };
  const senders = [
    { sender: 'news', name: 'News', from: 'a@mail.news.brookfield.example', topics: ['news'] },
    { sender: 'offers', from: 'b@offers.example', replyTo: 'c@offers.example', topics: ['offers'] },
    { sender: 'sales', owner: true, topics: ['sales'] },
  ];
  const source = { mail, brand: undefined, utm: undefined, senders };
  const write = async (front: string, owner: { name: string; email: string } | null = null) => {
    const text = `---\nsubject: S\npreheader: P\nkind: news\n${front}\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>\n`;
    const template = await makeTemplate('t', 'templates/t.mjml', text, () => undefined);
    const id = newId('send');
    const draft = { template, to: { address: 'ada@x.example' }, owner, context: { lead: {}, need: null } };
    const begun = await beginMail(source as never, { id, audience: 'lead' }, draft as never);
    const { message: made } = finishMail(source as never, begun, { at: new Date(), links: null });
    expect(await transport.send(made)).toMatchObject({ kind: 'accepted' });
    return id;
  };
  const ids = [
    await write('topic: news'),
    await write('topic: news\nsender: offers'),
    await write('topic: sales', { name: 'Rosa Rep', email: 'rosa@brookfield.example' }),
    await write('topic: sales'),
  ];
  await transport.close();
  await server.close();
  const resolver = (asked: string): Promise<string[][]> => {
    const domain = asked.replace(/^n1\._domainkey\./, '');
    return Promise.resolve([dkimRecord(dkim.privateKey, { domain, selector: 'n1' }).strings]);
  };
  const seen = await Promise.all(
    server.received.map(async (raw) => {
      const { results } = await dkimVerify(Buffer.from(raw, 'latin1'), { resolver });
      const parsed = await simpleParser(raw);
      const { status, signingDomain } = results[0] ?? {};
      const { address, name } = parsed.from?.value[0] ?? {};
      return [status?.result, signingDomain, address, name, parsed.replyTo?.value[0]?.address];
    }),
  );
  expect(seen).toEqual([
    ['pass', 'news.brookfield.example', 'a@mail.news.brookfield.example', 'News', undefined],
    ['pass', 'offers.example', 'b@offers.example', 'Brookfield', 'c@offers.example'],
    ['pass', 'brookfield.example', 'hello@brookfield.example', 'Rosa Rep', 'rosa@brookfield.example'],
    ['pass', 'brookfield.example', 'hello@brookfield.example', 'Brookfield', undefined],
  ]);
  const found = from.map((address) => {
    const { purpose, token } = readInboundAddress(address, 'in.brookfield.example') ?? {};
    return [purpose, tokens.readMailbox(token ?? '')?.sendId];
  });
  expect(found).toEqual(ids.map((id) => ['bounce', id]));
});

test('headers with long values stay whole: read by another parser, and the signature holds', async () => {
  const dkim = dkimOf(config.mail.dkim, config.mail.from);
  if (dkim === null) throw new Error('no key');
  const server = await startSmtp();
  const transport = createTransport(server.url, { dkim });
  const long = 'Örtliche Bewässerung für Weinberge und Gewächshäuser '.repeat(4).trim();
  const token = 'x'.repeat(56);
  try {
    const sent = buildLeadMessage({
      id: SEND_ID,
      from: { address: 'hannah@brookfield.example', name: long },
      replyTo: { address: 'tom@brookfield.example', name: long },
      to: { address: `${'a'.repeat(60)}@alder.example`, name: long },
      email: { subject: long, preheader: '', html: `<p>${long}</p>`, text: `${long}\n` },
      date: new Date('2026-12-01T09:00:00Z'),
      envelopeFrom: `bounce-${token}@bounces.brookfield.example`,
      unsubscribeUrl: `https://nurture.brookfield.example/u/${token}`,
      unsubscribeMailbox: `unsubscribe-${token}@bounces.brookfield.example`,
      topic: 'a-topic-with-a-very-long-name-'.repeat(3),
      template: 'a-template-with-a-very-long-name-'.repeat(3),
    });
    expect(await transport.send(sent)).toMatchObject({ kind: 'accepted' });
  } finally {
    await transport.close();
    await server.close();
  }
  const [raw = ''] = server.received;
  for (const name of ['List-Unsubscribe', 'List-Unsubscribe-Post', 'List-Id', 'Feedback-ID'])
    expect(raw).toMatch(new RegExp(`^${name}: \\S+(?: <\\S+>)?\\r\\n(?! )`, 'im'));
  const parsed = await simpleParser(raw);
  expect([parsed.subject, parsed.from?.value[0]?.name, parsed.replyTo?.value[0]?.address]).toEqual([
    long,
    long.slice(0, 100).trim(),
    'tom@brookfield.example',
  ]);
  const list = parsed.headers.get('list') as { unsubscribe?: { url?: string; mail?: string } };
  expect(list.unsubscribe).toEqual({
    url: `https://nurture.brookfield.example/u/${token}`,
    mail: `unsubscribe-${token}@bounces.brookfield.example?subject=unsubscribe`,
  });
  const { strings } = dkimRecord(dkim.privateKey, { domain: 'brookfield.example', selector: 'n1' });
  const { results } = await dkimVerify(Buffer.from(raw, 'latin1'), { resolver: () => Promise.resolve([strings]) });
  expect(results[0]?.status.result).toBe('pass');
  for (const field of ['reply-to', 'list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'feedback-id'])
    expect(results[0]?.signingHeaders?.keys.toLowerCase()).toContain(field);
});

test('a key that is none, or a file that is not there, is told by the name of its variable', () => {
  const settings = { domains: [], selector: 'n1', keyFile: null, privateKey: null };
  expect(dkimOf(settings, 'a@b.example')).toBeNull();
  expect(() => dkimOf({ ...settings, privateKey: 'nonsense' }, 'a@b.example')).toThrow(
    /DKIM_PRIVATE_KEY is no private key/,
  );
  expect(() => dkimOf({ ...settings, keyFile: join(folder, 'gone.pem') }, 'a@b.example')).toThrow(
    /DKIM_KEY_FILE .*cannot be read/,
  );
});
