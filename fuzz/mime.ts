/** Incoming mails: anybody can send anything to the addresses for bounces. Whatever comes is read to a verdict, never thrown at. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { returnDateIn } from '../src/domain/absence.ts';
import { asksForRemoval } from '../src/domain/reply-words.ts';
import { classify } from '../src/email/inbound/classify.ts';
import { mailsOf } from '../src/email/inbound/mbox.ts';
import { readMail } from '../src/email/inbound/read-mail.ts';
import { byteSoup, mutated, tokenSoup } from './mutate.ts';

const BOUNCES = path.join(import.meta.dirname, '../test/fixtures/bounces');

const PIECES = [
  '\r\n',
  '\r\n\r\n',
  '\n ',
  'Content-Type: multipart/report; boundary="b"\r\n',
  'Content-Type: message/delivery-status\r\n\r\n',
  'Content-Type: message/rfc822\r\n\r\n',
  'Content-Type: text/plain; charset=utf-7\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Transfer-Encoding: quoted-printable\r\n',
  '--b\r\n',
  '--b--\r\n',
  'Final-Recipient: rfc822; a@b.example\r\n',
  'Diagnostic-Code: smtp; 550 5.1.1 unknown\r\n',
  'Feedback-Type: abuse\r\n',
  'Subject: =?utf-8?B?////?=\r\n',
  'From: <>\r\n',
  'From: "a" <a@b.example>, (c) d@e.example\r\n',
  '=3D=',
  'until 1 December 2026 ',
  '> ',
  '\u0000',
  'A'.repeat(2_000),
];

export function mimeTarget() {
  const sound = readdirSync(BOUNCES)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => readFileSync(path.join(BOUNCES, name), 'latin1'));
  const nested = (depth: number): string =>
    Array.from({ length: depth }, (_, n) => `Content-Type: multipart/mixed; boundary="b${n}"\r\n\r\n--b${n}\r\n`).join(
      '',
    );
  return {
    name: 'incoming mail (MIME)',
    inputs: fc.oneof(
      { weight: 4, arbitrary: mutated(sound, PIECES) },
      { weight: 2, arbitrary: tokenSoup(PIECES) },
      { weight: 1, arbitrary: byteSoup },
    ),
    known: [
      nested(2_000),
      `Content-Type: text/html\r\n\r\n${'<'.repeat(100_000)}`,
      `Subject: ${'=?utf-8?Q?=41?= '.repeat(5_000)}\r\n\r\nx`,
      `To: ${'(('.repeat(20_000)}\r\n\r\nx`,
      `Subject: Re: x\r\n\r\n${'until the on the '.repeat(5_000)}`,
      `Content-Type: message/delivery-status\r\n\r\n${'Final-Recipient: rfc822; a@b.example\r\n\r\n'.repeat(3_000)}`,
    ],
    refusals: [],
    share: 2,
    async read(input: unknown) {
      const verdicts: string[] = [];
      for (const raw of mailsOf(Buffer.from(String(input), 'utf8'))) {
        const mail = await readMail(raw);
        const { verdict, recipients } = classify(mail);
        returnDateIn(`${mail.subject}\n${mail.notice}`, 0);
        asksForRemoval(mail.notice);
        verdicts.push(verdict, ...recipients.map((one) => one.verdict));
      }
      return verdicts;
    },
  };
}
