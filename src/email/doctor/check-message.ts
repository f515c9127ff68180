/** The message as it leaves: its List headers (RFC 2369, RFC 2919, RFC 8058), and whether they are signed. */
import { createTransport } from 'nodemailer';
import type { OutgoingMessage } from '../message.ts';
import type { DkimOptions } from '../transport.ts';
import type { Finding } from './finding.ts';

/** Signed as the transport signs it. */
export async function writtenOut(message: OutgoingMessage, dkim: DkimOptions | null, fields: string): Promise<string> {
  const stream = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    ...(dkim === null ? {} : { dkim: { ...dkim, headerFieldNames: fields } }),
  });
  const { message: raw } = await stream.sendMail(message);
  return Buffer.isBuffer(raw) ? raw.toString('utf8') : '';
}

export function checkListHeaders(raw: string, isSigned: boolean): Finding {
  const head = raw.split('\r\n\r\n', 1)[0] ?? '';
  const lines = head.split('\r\n');
  const value = (name: string): string | undefined =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const unsubscribe = value('list-unsubscribe') ?? '';
  const wrong = [
    ...(/<https:\/\/[^<>]+>/.test(unsubscribe) ? [] : ['List-Unsubscribe has no https address: set PUBLIC_URL to one']),
    ...(value('list-unsubscribe-post') === 'List-Unsubscribe=One-Click' ? [] : ['List-Unsubscribe-Post is missing']),
    ...(value('list-id') === undefined ? ['List-Id is missing'] : []),
    ...(isSigned && !areSigned(head) ? ['the DKIM signature does not cover the List headers'] : []),
  ];
  if (wrong.length > 0)
    return {
      check: 'List headers',
      status: 'failed',
      says: 'Receivers will not offer to unsubscribe by one click.',
      mend: `${wrong.join('; ')}.`,
    };
  return {
    check: 'List headers',
    status: 'ok',
    says: `One click unsubscribes${isSigned ? ', and the headers for it are signed' : ''}.`,
  };
}

function areSigned(head: string): boolean {
  const signature =
    /^dkim-signature:[^\n]*(?:\n[ \t][^\n]*)*/im.exec(head)?.[0].replaceAll(/\s/g, '').toLowerCase() ?? '';
  const signed = /;h=([^;]*)/.exec(signature)?.[1]?.split(':') ?? [];
  return ['list-unsubscribe', 'list-unsubscribe-post', 'list-id'].every((name) => signed.includes(name));
}
