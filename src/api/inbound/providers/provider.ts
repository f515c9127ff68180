/** What a mail provider tells by a webhook, in the words of the engine. */
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../../domain/errors.ts';
import type { InboundVerdict } from '../../../email/inbound/classify.ts';
import { judge } from '../../../email/inbound/judge.ts';
import type { InboundSettings } from '../../../runtime/config-inbound.ts';

/** One thing that happened to one recipient of one message. */
export interface ProviderNotice {
  /** The provider's own id of it, with the recipient: delivered again it is the same. */
  id: string;
  verdict: InboundVerdict;
  recipient: string | null;
  /** RFC 3463. */
  status: string | null;
  /** What the receiving server, or the provider, said. */
  text: string;
  /** Message-ID of our message, as far as the provider knows it. */
  messageId: string | null;
  /** The envelope's sender. */
  returnPath: string | null;
}

/** A mail that somebody wrote and the provider received for us. */
export interface ProviderMail {
  /** As it came, or put together of what the provider tells of it. */
  raw: Buffer;
  /** Addresses of the envelope. */
  to: readonly string[];
}

export type ProviderTold = ProviderNotice | ProviderMail;

/** A request as it came. */
export interface ProviderRequest {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface ProviderContext {
  settings: InboundSettings;
  /** Reads the text at an address that an adapter has found to be the provider's own. Follows no redirect. */
  page(url: string): Promise<string>;
  /** Whether a signed token came with nothing else before, here or to another process. */
  isItsToken(token: string, content: string): Promise<boolean>;
}

/** Checks that the provider sent it, and reads it. Both in one, as nothing of a request is read before it is known whose it is. */
export interface Provider {
  /** Whether the settings for it are there. */
  isSetUp(settings: InboundSettings): boolean;
  /** A password is all that tells it: tries are limited by address. */
  readonly hasPassword?: true;
  /** @throws AppError FORBIDDEN: the signature is missing or wrong; VALIDATION_FAILED: it cannot be read */
  read(request: ProviderRequest, context: ProviderContext): Promise<ProviderTold[]>;
}

export function forbidden(what: string): AppError {
  return new AppError('FORBIDDEN', `${what}. Nothing was recorded.`);
}

/** Providers try again for a day at most. */
const SIGNED_WITHIN_MS = 25 * 3_600_000;

/**
 * What is signed long ago, or for a time to come, was taken from somewhere. Not a number: there is no time.
 *
 * @throws AppError FORBIDDEN
 */
export function requireRecent(signedAtMs: number): void {
  if (!(Math.abs(Date.now() - signedAtMs) <= SIGNED_WITHIN_MS)) throw forbidden('The signature is of another day');
}

/** @throws AppError VALIDATION_FAILED */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('VALIDATION_FAILED', 'The body is not JSON', { cause });
  }
}

/**
 * The reader's verdict on the words of a server. `otherwise`: the provider's own, where the words say nothing. `hard` is only believed where
 * the words are not about us.
 */
export function verdictOn(
  { text, status }: { text: string; status: string | null },
  otherwise: 'hard' | 'soft' | 'sender' | 'unclear',
): InboundVerdict {
  const said = judge({ text: text.replace(/^\s*smtp;\s*/i, ''), beside: '', status, phase: null, isRemote: true });
  // A status alone, without words, is what the provider made of it as well.
  return said === 'unclear' || said === 'delivered' ? otherwise : said;
}

/** The status within a text, if it states one. */
export function statusIn(text: string): string | null {
  return /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text)?.[1] ?? null;
}
