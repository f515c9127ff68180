/** DKIM (RFC 6376): the key that signs mails, and the DNS record by which receivers check it. */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AppError } from '../domain/errors.ts';
import { domainOf } from './message.ts';
import { senderOf } from './sender.ts';
import type { DkimOptions } from './transport.ts';

/** Where the key is, as the environment says it. */
export interface DkimSettings {
  /** That of MAIL_FROM if there is none. The first signs also for senders of domains that are not among them. */
  domains: readonly string[];
  selector: string;
  keyFile: string | null;
  /** PEM; a line break may be written as `\n`. */
  privateKey: string | null;
}

/** Longer keys do not fit into one record of many DNS servers (RFC 8301 asks for 2048 bits where it can be). */
const BITS = 2048;
/** A string of a TXT record has at most so many characters (RFC 1035). */
const TXT_CHARS = 255;

/**
 * What to sign with. Null: no key is set, and the mail server signs or nobody does.
 *
 * @param from MAIL_FROM, whose domain signs if no other is named: DMARC wants them aligned (RFC 7489)
 * @throws AppError CONFIG_INVALID: the key cannot be read
 */
export function dkimOf(settings: DkimSettings, from: string): DkimOptions | null {
  const { keyFile, privateKey, selector } = settings;
  if (keyFile === null && privateKey === null) return null;
  const pem = privateKey?.replaceAll(String.raw`\n`, '\n') ?? readKey(keyFile ?? '');
  const name = privateKey === null ? 'DKIM_KEY_FILE' : 'DKIM_PRIVATE_KEY';
  try {
    createPrivateKey(pem);
  } catch {
    throw new AppError(
      'CONFIG_INVALID',
      `${name} is no private key in PEM format: make one with \`npx nurture dkim\`.`,
    );
  }
  const [domainName = signingDomainOf(from), ...others] = settings.domains;
  return { domainName, others, keySelector: selector, privateKey: pem };
}

/** The signing domain if none is set. */
export function signingDomainOf(from: string): string {
  return domainOf(senderOf(from).address);
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `DKIM_KEY_FILE ${file} cannot be read.`, { cause });
  }
}

/** A new private key, PEM. */
export function newDkimKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: BITS,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}

/** The TXT record for a key (RFC 6376, 3.6.1), in strings as DNS wants them. */
export function dkimRecord(
  privateKey: string,
  { domain, selector }: { domain: string; selector: string },
): { name: string; strings: string[] } {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const value = `v=DKIM1; k=rsa; p=${spki.toString('base64')}`;
  const strings = Array.from({ length: Math.ceil(value.length / TXT_CHARS) }, (_, n) =>
    value.slice(n * TXT_CHARS, (n + 1) * TXT_CHARS),
  );
  return { name: `${selector}._domainkey.${domain}`, strings };
}
