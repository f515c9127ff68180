import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import { dkimRecord, signingDomainOf, newDkimKey } from '../email/dkim.ts';
import type { SenderNames } from '../runtime/config.ts';
import type { Answer } from './command.ts';

export interface DkimWish {
  domain?: string;
  selector?: string;
  out: string;
}

/**
 * Writes a key to a file that is there for its owner alone, and says what to put into DNS and the environment. A key that is there
 * already is shown, never replaced: mails under way are signed by it.
 *
 * @throws AppError VALIDATION_FAILED: the file holds no private key, or cannot be written
 */
export function makeDkim({ mail }: SenderNames, wish: DkimWish): Answer {
  const domain = wish.domain ?? mail.dkim.domains[0] ?? signingDomainOf(mail.from);
  const selector = wish.selector ?? mail.dkim.selector;
  const isNew = !existsSync(wish.out);
  if (isNew) writeKey(wish.out);
  const record = recordOf(wish.out, { domain, selector });
  const dmarc = { name: `_dmarc.${domain}`, value: 'v=DMARC1; p=none; rua=mailto:postmaster@' + domain };
  const returnDomain = mail.inboundDomain ?? signingDomainOf(mail.from);
  const spf = { name: returnDomain, value: 'v=spf1 include:<what the provider of your mail server names> ~all' };
  const mx =
    mail.inboundDomain === null ? null : { name: mail.inboundDomain, value: '10 <the host where the API listens>' };
  const lines = [
    isNew ? `A new key is in ${wish.out}. Keep it secret; do not commit it.` : `The key in ${wish.out} is kept.`,
    '',
    'Put into DNS:',
    `  ${record.name}. IN TXT ${record.strings.map((part) => `"${part}"`).join(' ')}`,
    '',
    'If the domain has no DMARC record yet:',
    `  ${dmarc.name}. IN TXT "${dmarc.value}"`,
    '',
    `If ${returnDomain}, where mails come back to, has no such records yet:`,
    `  ${spf.name}. IN TXT "${spf.value}"`,
    ...(mx === null ? [] : [`  ${mx.name}. IN MX ${mx.value}.`]),
    '',
    'Put into the environment, once DNS answers:',
    `  DKIM_KEY_FILE=${path.resolve(wish.out)}`,
    `  DKIM_SELECTOR=${selector}`,
    `  DKIM_DOMAIN=${domain}`,
  ];
  return { data: { file: wish.out, isNew, domain, selector, record, dmarc, spf, mx }, text: lines.join('\n') };
}

function writeKey(file: string): void {
  try {
    writeFileSync(file, newDkimKey(), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const folder = path.dirname(file);
    const why = existsSync(folder) ? `nobody here may write into ${folder}` : `there is no folder ${folder}`;
    throw new AppError('VALIDATION_FAILED', `${file} cannot be written: ${why}. Choose another --out.`, { cause });
  }
}

function recordOf(file: string, names: { domain: string; selector: string }): ReturnType<typeof dkimRecord> {
  try {
    return dkimRecord(readFileSync(file, 'utf8'), names);
  } catch (cause) {
    throw new AppError('VALIDATION_FAILED', `${file} is there and holds no private key: choose another --out.`, {
      cause,
    });
  }
}
