/** What comes back is read: real bounces and complaints by their verdict, and what no bounce must ever do to an address. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifyFiles } from '../../src/cli/inbound.ts';
import { classifyMail, type InboundVerdict } from '../../src/email/inbound/classify.ts';
import { judge, type SmtpPhase } from '../../src/email/inbound/judge.ts';
import { mailsOf } from '../../src/email/inbound/mbox.ts';
import { isRefusalOfUs, plainReason, readAnswer } from '../../src/email/smtp-answer.ts';
import { NO_REAL_BOUNCES, realBounces } from '../support/real-bounces.ts';

/** A verdict of these must never become `hard`: the address would be lost for nothing. */
const HARMLESS: readonly string[] = ['sender', 'auto-reply', 'delivered', 'report'];

test('of real bounces and complaints 98 in 100 have the right verdict, and none is suppressed that must not be', async ({
  skip,
}) => {
  const real = realBounces();
  if (real === null) return skip(NO_REAL_BOUNCES);
  const expected = readFileSync(join(real, 'expected.tsv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .map(([file = '', , , , verdict = '']) => ({ file, verdict }));
  expect(expected.length).toBeGreaterThan(100);
  const wrong: string[] = [];
  const forbidden: string[] = [];
  for (const [file, rows] of Map.groupBy(expected, (row) => row.file)) {
    const found: InboundVerdict[] = [];
    for (const one of mailsOf(readFileSync(join(real, file)))) {
      found.push(...(await classifyMail(one)).recipients.map(({ verdict }) => verdict));
    }
    const left = [...found];
    for (const { verdict } of rows) {
      const at = left.findIndex((one) => one === verdict);
      if (at === -1) wrong.push(`${file}: ${verdict} wanted, ${found.join(', ')} found`);
      else left.splice(at, 1);
      if (at === -1 && left.includes('hard') && HARMLESS.includes(verdict)) forbidden.push(file);
    }
  }
  expect(forbidden).toEqual([]);
  expect(wrong.length / expected.length, wrong.join('\n')).toBeLessThanOrEqual(0.02);
});

const mail = (headers: string[], body: string): Uint8Array =>
  Buffer.from([...headers, '', body].join('\r\n').replaceAll(/(?<!\r)\n/g, '\r\n'));

const report = (diagnostic: string, status: string): Uint8Array =>
  mail(
    [
      'Return-Path: <>',
      'From: Mail Delivery System <mailer-daemon@mx.example>',
      'To: news@shop.example',
      'Subject: Undelivered Mail Returned to Sender',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    ],
    `--b
Content-Type: text/plain

This is the mail system at host mx.example.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@vines.example
Action: failed
Status: ${status}
Diagnostic-Code: smtp; ${diagnostic}

--b--
`,
  );

test.each([
  ['550 5.1.1 The email account that you tried to reach does not exist.', '5.1.1', 'hard'],
  ['550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup', '5.1.10', 'hard'],
  ['452 4.2.2 The email account that you tried to reach is over quota.', '4.2.2', 'soft'],
  ['550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus', '5.7.1', 'sender'],
  [
    '550 5.7.26 Unauthenticated email from shop.example is not accepted due to domain’s DMARC policy',
    '5.7.26',
    'sender',
  ],
  ['550 5.4.1 Recipient address rejected: Access denied', '5.4.1', 'sender'],
  ['421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume or user complaints', '4.7.0', 'sender'],
  ['550 5.0.0 on hold', '5.0.0', 'unclear'],
])('%s: %s is %s%s', async (diagnostic, status, verdict) => {
  expect(await classifyMail(report(diagnostic, status))).toMatchObject({
    verdict,
    recipients: [{ address: 'ada@vines.example', status, verdict }],
  });
});

test.each<[string, string[], string, InboundVerdict]>([
  ['a person’s answer', ['From: ada@vines.example', 'Subject: Re: Your greenhouse'], 'Please call me.', 'reply'],
  [
    'an absence',
    ['From: ada@vines.example', 'Subject: Out of office', 'Auto-Submitted: auto-replied'],
    'Back on Monday.',
    'auto-reply',
  ],
  [
    'an absence with an empty return path',
    ['Return-Path: <>', 'From: ada@vines.example', 'Subject: Out of Office: Re: Hello'],
    'I am away.',
    'auto-reply',
  ],
  ['a mail to the address of List-Unsubscribe', ['From: ada@vines.example', 'Subject: unsubscribe'], '', 'unsubscribe'],
])('%s', async (_what, headers, body, verdict) => {
  const { recipients } = await classifyMail(mail(headers, body));
  expect(recipients).toEqual([{ address: 'ada@vines.example', status: null, verdict }]);
});

test('a report with several recipients has a verdict for each, and the file of two mails has both', async () => {
  const two = Buffer.concat([
    Buffer.from('From MAILER-DAEMON  Thu Apr 29 23:34:45 2015\n'),
    Buffer.from(report('550 5.1.1 user unknown', '5.1.1')),
    Buffer.from('\n\nFrom MAILER-DAEMON  Thu Apr 29 23:34:46 2015\n'),
    Buffer.from(report('552 5.2.2 mailbox full', '5.2.2')),
  ]);
  const verdicts = await Promise.all(mailsOf(two).map(async (one) => (await classifyMail(one)).verdict));
  expect(verdicts).toEqual(['hard', 'soft']);
});

test('the command says of a file that it cannot read what is wrong with it', async () => {
  const read = async (file: string): Promise<void> => {
    for await (const mail of classifyFiles([file])) expect(mail.file).toBe('never');
  };
  await expect(read(import.meta.dirname)).rejects.toThrow(
    `is a folder: name the files in it, as in ${import.meta.dirname}/*`,
  );
  await expect(read('no-such.eml')).rejects.toThrow('There is no file no-such.eml');
});

test('a refusal before the recipient was named never suppresses the recipient', () => {
  const text = '550 5.1.1 user unknown';
  const said = { text, beside: '', status: '5.1.1', isRemote: true } as const;
  expect(judge({ ...said, phase: 'rcpt-to' })).toBe('hard');
  expect(judge({ ...said, phase: 'mail-from' })).toBe('sender');
  expect(judge({ ...said, phase: 'connect' })).toBe('sender');
});

test.each(['', 'hello', 'Subject: Re: your offer\r\n\r\nYes', '\u0000\u00ff\u00fe'])(
  'what names no writer is no answer of a person: %j',
  async (raw) => {
    expect((await classifyMail(Buffer.from(raw, 'latin1'))).verdict).toBe('unclear');
    const written = `From: Ann <ann@one.example>\r\n${raw.includes(':') ? raw : `\r\n${raw}`}`;
    expect((await classifyMail(Buffer.from(written, 'latin1'))).verdict).toBe('reply');
  },
);

test('bytes of any kind are read without an error, and never suppress anybody by chance', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
      const { recipients } = await classifyMail(bytes);
      expect(recipients.map(({ verdict }) => verdict)).not.toContain('hard');
    }),
    { numRuns: 200 },
  );
});

test.each<[string, string, string]>([
  ['lines without end', 'text/plain', '\n'.repeat(100_000)],
  ['parts without end', 'multipart/mixed; boundary=b', '--b\r\n\r\n'.repeat(20_000)],
  ['recipients without end', 'text/plain', Array.from({ length: 3_000 }, (_, n) => `a${n}@vines.example`).join('\n')],
  ['signs that open a tag', 'text/html; charset=utf-8', '<'.repeat(100_000)],
  ['tags that never close', 'text/html', '<a'.repeat(50_000)],
  ['an address without an end', 'text/plain', 'a'.repeat(100_000)],
  ['dots', 'text/plain', `a@${'.'.repeat(90_000)}@`],
  ['dashes', 'text/plain', '-'.repeat(100_000)],
  [
    'a recipient without an end',
    'multipart/report; report-type=delivery-status; boundary=b',
    `--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; ${'a'.repeat(100_000)}\r\n\r\n--b--`,
  ],
])('%s: read at once, although a pattern without a bound would take minutes', async (_what, type, body) => {
  const headers = [
    'Return-Path: <>',
    'From: mailer-daemon@mx.example',
    'Subject: Undelivered',
    `Content-Type: ${type}`,
  ];
  // No measure of speed: without the bounds each of these holds the process for 5 to 30 seconds.
  const began = process.cpuUsage();
  await classifyMail(mail(headers, body));
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(4_000);
});

test('a field without end costs no more than its beginning, and of many recipients the first are read', async () => {
  const names = Array.from({ length: 3_000 }, (_, n) => `<a${n}@vines.example>: 550 5.1.1 user unknown`);
  const headers = ['Return-Path: <>', 'From: mailer-daemon@mx.example', 'Subject: Undelivered'];
  const { recipients } = await classifyMail(mail(headers, names.join('\n')));
  expect(recipients).toHaveLength(50);
  expect(recipients[0]).toMatchObject({ address: 'a0@vines.example', verdict: 'hard' });
  const copies = `To: ${'a@vines.example, '.repeat(100)}\r\n${' a@vines.example,\r\n'.repeat(1_500)}`.trim();
  const seconds = await Promise.all(
    [1, 2, 3].map(async () => {
      const began = process.cpuUsage();
      await classifyMail(mail([...headers, copies], 'Sorry.'));
      return process.cpuUsage(began).user / 1e6;
    }),
  );
  expect(Math.min(...seconds)).toBeLessThan(1);
});

const OWN = join(import.meta.dirname, '../fixtures/bounces');
const rowsOf = (file: string): string[][] =>
  readFileSync(join(OWN, file), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split('\t'));

test('the notices of Exchange Online, Outlook, Gmail, Yahoo, qmail, Exim, Postfix and Dovecot have the right verdict', async () => {
  const rows = rowsOf('expected.tsv');
  const mails = readdirSync(OWN).filter((file) => file.endsWith('.eml'));
  expect(new Set(rows.map(([file]) => file))).toEqual(new Set(mails));
  const wrong: string[] = [];
  for (const [file = '', verdict] of rows) {
    const { recipients } = await classifyMail(readFileSync(join(OWN, file)));
    const found = recipients.map((one) => one.verdict);
    if (found.length !== 1 || found[0] !== verdict || recipients[0]?.address === null)
      wrong.push(`${file}: ${verdict} wanted, ${found.join(', ')} found`);
  }
  expect(wrong).toEqual([]);
});

test('what these servers answer at hand-over has the right verdict, and holds back the domain only where it is about us', () => {
  const rows = rowsOf('answers.tsv');
  expect(rows.length).toBeGreaterThan(40);
  const phases: Readonly<Record<string, SmtpPhase>> = { 'MAIL FROM': 'mail-from', 'RCPT TO': 'rcpt-to', DATA: 'data' };
  const found = rows.map(([command = '', text = '']) => {
    const answer = readAnswer(text);
    if (answer === null) throw new Error(`no answer of a server: ${text}`);
    const said = { text, beside: '', status: answer.enhancedCode ?? null, phase: phases[command] ?? null };
    return [command, text, judge({ ...said, isRemote: true }), isRefusalOfUs(answer, command, text) ? 'yes' : 'no'];
  });
  expect(found).toEqual(rows);
});

test.each([
  [
    'the lines of an answer',
    '550-5.7.26 Your email has been blocked.\r\n550-5.7.26 Gmail requires all senders to authenticate.\r\n550 5.7.26 - gsmtp\n5.7.26',
    '550-5.7.26 Your email has been blocked. Gmail requires all senders to authenticate. - gsmtp',
  ],
  ['the status of a report', '550 5.7.1 blocked using a list\n5.7.1', '550 5.7.1 blocked using a list'],
  ['qmail', 'Sorry, no mailbox here. (#5.1.1)', 'Sorry, no mailbox here. (#5.1.1)'],
  ['another status', '452 4.2.2 full, was 5.2.2', '452 4.2.2 full, was 5.2.2'],
  ['an address of the network', '554 5.7.1 host 192.5.7.1 is blocked', '554 5.7.1 host 192.5.7.1 is blocked'],
])('a reason says its status once: %s', (_what, said, reason) => {
  expect(plainReason(said)).toBe(reason);
});
