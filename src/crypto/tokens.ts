import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { derivedKey } from './derived-key.ts';
import { AppError } from '../domain/errors.ts';
import { ID_BYTES, idAt, idBytes } from './id-bytes.ts';

/**
 * Short signed tokens for the links in emails. A token is base64url of
 *
 *     version (1 byte) · kind (1 byte) · payload · MAC (10 bytes)
 *
 * The MAC is HMAC-SHA256 over all before it, cut to 10 bytes (80 bits: a guess has to be tried against the server, and
 * short URLs keep List-Unsubscribe unfolded). Each kind has a key of its own, derived by HKDF (RFC 5869), so a token of
 * one kind can never pass for another. Ids travel as their 16 raw bytes.
 */
const VERSION = 1;
const MAC_BYTES = 10;
const LINK_BYTES = 5;
const TIME_BYTES = 5;
/** Link ids and seconds since 1970 have 40 bits. */
const MAX_UINT40 = 2 ** 40 - 1;

const KINDS = {
  open: 1,
  click: 2,
  unsubscribe: 3,
  decision: 4,
  mailbox: 5,
  preferences: 6,
  confirm: 7,
  view: 8,
  digest: 9,
  leaving: 10,
} as const;
type TokenKind = keyof typeof KINDS;

const PAYLOAD_BYTES: Record<TokenKind, number> = {
  open: ID_BYTES,
  click: ID_BYTES + LINK_BYTES,
  unsubscribe: ID_BYTES,
  decision: ID_BYTES + ID_BYTES + TIME_BYTES,
  mailbox: ID_BYTES,
  preferences: ID_BYTES,
  confirm: ID_BYTES,
  view: ID_BYTES + TIME_BYTES,
  digest: ID_BYTES,
  leaving: ID_BYTES,
};

export interface DecisionLink {
  assignmentId: string;
  repId: string;
  /** When the link stops working. Stored in whole seconds, rounded up. */
  expiresAt: Date;
}

export interface Tokens {
  open(sendId: string): string;
  /** `linkId`: a whole number from 0 to 2^40 - 1. */
  click(sendId: string, linkId: number): string;
  unsubscribe(sendId: string): string;
  decision(link: DecisionLink): string;
  /** For the page on which the reader of this message chooses what it gets. How old the link is, the id tells (`timeOfId`). */
  preferences(sendId: string): string;
  /** For the page on which the consent is confirmed. */
  confirm(consentId: string): string;
  /** Part of the return path of a send: in hex, because mail servers may change the case. 56 characters. */
  mailbox(sendId: string): string;
  /** The same of the address whose mails unsubscribe. */
  leaving(sendId: string): string;
  /** For a mail in the browser. `expiresAt`: in whole seconds, rounded up. */
  view(sendId: string, expiresAt: Date): string;
  /** Ends a report by mail. */
  digest(subscriptionId: string): string;
  /** The readers return null for anything that was not signed here, byte for byte. They never throw. */
  readOpen(token: string): { sendId: string } | null;
  readClick(token: string): { sendId: string; linkId: number } | null;
  readUnsubscribe(token: string): { sendId: string } | null;
  /** Also null when `now` is after the expiry. */
  readDecision(token: string, now: Date): DecisionLink | null;
  readMailbox(token: string): { sendId: string } | null;
  readLeaving(token: string): { sendId: string } | null;
  readPreferences(token: string): { sendId: string } | null;
  readConfirm(token: string): { consentId: string } | null;
  /** Also null when `now` is after the expiry. */
  readView(token: string, now: Date): { sendId: string } | null;
  readDigest(token: string): { subscriptionId: string } | null;
}

/**
 * @param secretKeys The first key signs, every key verifies. Put a new key first, and drop the old one when its links are old.
 * @throws AppError CONFIG_INVALID without a key, or with one shorter than 16 characters.
 */
export function createTokens(secretKeys: readonly string[]): Tokens {
  if (secretKeys.length === 0 || secretKeys.some((key) => key.length < 16)) {
    throw new AppError(
      'CONFIG_INVALID',
      'SECRET_KEY needs at least 16 characters; several keys are allowed, none may be shorter',
    );
  }
  const keysOf = (kind: TokenKind): KeyObject[] =>
    secretKeys.map((key) => derivedKey(key, `nurture-engine/token/${VERSION}/${kind}`));
  const keys: Record<TokenKind, KeyObject[]> = {
    open: keysOf('open'),
    click: keysOf('click'),
    unsubscribe: keysOf('unsubscribe'),
    decision: keysOf('decision'),
    mailbox: keysOf('mailbox'),
    preferences: keysOf('preferences'),
    confirm: keysOf('confirm'),
    view: keysOf('view'),
    digest: keysOf('digest'),
    leaving: keysOf('leaving'),
  };
  const write = (kind: TokenKind, ...payload: Buffer[]): string => {
    const signed = Buffer.concat([Buffer.from([VERSION, KINDS[kind]]), ...payload]);
    const [key] = keys[kind];
    if (key === undefined) throw new AppError('CONFIG_INVALID', 'SECRET_KEY is missing');
    return Buffer.concat([signed, mac(key, signed)]).toString('base64url');
  };
  const read = (kind: TokenKind, token: string): Buffer | null => {
    if (typeof token !== 'string' || token.length > 128) return null;
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== 2 + PAYLOAD_BYTES[kind] + MAC_BYTES) return null;
    // Only the exact text that was written is accepted: base64url has spare bits at the end, and Node ignores unknown characters.
    if (bytes.toString('base64url') !== token) return null;
    if (bytes[0] !== VERSION || bytes[1] !== KINDS[kind]) return null;
    const signed = bytes.subarray(0, -MAC_BYTES);
    const given = bytes.subarray(-MAC_BYTES);
    const valid = keys[kind].map((key) => timingSafeEqual(mac(key, signed), given)).includes(true);
    return valid ? signed.subarray(2) : null;
  };
  const inHex = (kind: TokenKind, sendId: string): string =>
    Buffer.from(write(kind, idBytes('send', sendId)), 'base64url').toString('hex');
  const readHex = (kind: TokenKind, token: string): { sendId: string } | null => {
    if (!/^[0-9a-f]+$/i.test(token)) return null;
    const payload = read(kind, Buffer.from(token, 'hex').toString('base64url'));
    return payload && { sendId: idAt('send', payload, 0) };
  };
  return {
    open: (sendId) => write('open', idBytes('send', sendId)),
    click: (sendId, linkId) => write('click', idBytes('send', sendId), uint40(linkId)),
    unsubscribe: (sendId) => write('unsubscribe', idBytes('send', sendId)),
    decision: ({ assignmentId, repId, expiresAt }) =>
      write(
        'decision',
        idBytes('assignment', assignmentId),
        idBytes('rep', repId),
        uint40(Math.ceil(expiresAt.getTime() / 1000)),
      ),
    view: (sendId, expiresAt) => write('view', idBytes('send', sendId), uint40(Math.ceil(expiresAt.getTime() / 1000))),
    readView: (token, now) => {
      const payload = read('view', token);
      if (payload === null || now.getTime() > payload.readUIntBE(ID_BYTES, TIME_BYTES) * 1000) return null;
      return { sendId: idAt('send', payload, 0) };
    },
    digest: (subscriptionId) => write('digest', idBytes('subscription', subscriptionId)),
    readDigest: (token) => {
      const payload = read('digest', token);
      return payload === null ? null : { subscriptionId: idAt('subscription', payload, 0) };
    },
    mailbox: (sendId) => inHex('mailbox', sendId),
    readMailbox: (token) => readHex('mailbox', token),
    leaving: (sendId) => inHex('leaving', sendId),
    readLeaving: (token) => readHex('leaving', token),
    preferences: (sendId) => write('preferences', idBytes('send', sendId)),
    readPreferences: (token) => {
      const payload = read('preferences', token);
      return payload && { sendId: idAt('send', payload, 0) };
    },
    confirm: (consentId) => write('confirm', idBytes('consent', consentId)),
    readConfirm: (token) => {
      const payload = read('confirm', token);
      return payload && { consentId: idAt('consent', payload, 0) };
    },
    readOpen: (token) => {
      const payload = read('open', token);
      return payload && { sendId: idAt('send', payload, 0) };
    },
    readClick: (token) => {
      const payload = read('click', token);
      return payload && { sendId: idAt('send', payload, 0), linkId: payload.readUIntBE(ID_BYTES, LINK_BYTES) };
    },
    readUnsubscribe: (token) => {
      const payload = read('unsubscribe', token);
      return payload && { sendId: idAt('send', payload, 0) };
    },
    readDecision: (token, now) => {
      const payload = read('decision', token);
      if (payload === null) return null;
      const expiresAt = new Date(payload.readUIntBE(2 * ID_BYTES, TIME_BYTES) * 1000);
      if (now.getTime() > expiresAt.getTime()) return null;
      return { assignmentId: idAt('assignment', payload, 0), repId: idAt('rep', payload, ID_BYTES), expiresAt };
    },
  };
}

function mac(key: KeyObject, signed: Buffer): Buffer {
  return createHmac('sha256', key).update(signed).digest().subarray(0, MAC_BYTES);
}

function uint40(value: number): Buffer {
  if (!Number.isInteger(value) || value < 0 || value > MAX_UINT40) {
    throw new AppError('INTERNAL', 'A number in a token must be whole, and from 0 to 2^40 - 1');
  }
  const bytes = Buffer.alloc(5);
  bytes.writeUIntBE(value, 0, 5);
  return bytes;
}
