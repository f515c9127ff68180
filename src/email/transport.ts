import { createTransport as createNodemailer } from 'nodemailer';
import { SMTP } from '../domain/budgets.ts';
import type { Outcome } from '../domain/effect.ts';
import { AppError } from '../domain/errors.ts';
import { HandOver } from './hand-over.ts';
import { domainOf, type OutgoingMessage } from './message.ts';
import { writeInOnePiece } from './one-piece.ts';
import { isOfMailboxForNow, isPermanent, isRefusalOfUs, plainReason, readAnswer, refusalScope } from './smtp-answer.ts';

export interface DkimOptions {
  /** Signs for senders of this domain, and for those of none of `others`. */
  domainName: string;
  /** Other domains with the same key in DNS: each signs for senders of its own. */
  others?: readonly string[];
  keySelector: string;
  privateKey: string;
}

/** Times in milliseconds. */
export interface TransportOptions {
  /** Null: mails are not signed here. */
  dkim?: DkimOptions | null;
  /** Nothing goes over a connection that is not encrypted. */
  requireTls?: boolean;
  /** Connections kept at once. */
  maxConnections?: number;
  connectionTimeout?: number;
  greetingTimeout?: number;
  /** A connection without data for this long is given up. This is also the longest wait for the answer to a message. */
  socketTimeout?: number;
  /** The longest time for one send, with its wait for a connection. A server that answers byte by byte cannot extend it. */
  totalTimeout?: number;
}

export interface MailTransport {
  /** Never throws: it returns an outcome in every case. */
  send(message: OutgoingMessage): Promise<Outcome>;
  /** Whether a session can be opened, login included. */
  verify(): Promise<{ ok: true } | { ok: false; reason: string }>;
  /** Waits for the messages on their way, then closes all connections. Sends that come later are `released`. */
  close(): Promise<void>;
}

/** The signed headers: the usual ones, and both List-Unsubscribe headers as RFC 8058 requires. */
export const SIGNED_FIELDS =
  'From:Reply-To:Subject:Date:Message-ID:To:MIME-Version:Content-Type:Content-Transfer-Encoding:' +
  'List-Id:List-Unsubscribe:List-Unsubscribe-Post:Feedback-ID:Auto-Submitted';

const ONE_ADDRESS = /^[^\s\p{Cc}<>()[\]\\,;:"@]+@[^\s\p{Cc}<>()\\,;"@]+$/u;

/**
 * A pool of SMTP connections. It never repeats a message by itself (`maxRequeues: 0`): who repeats is decided by the
 * outcome, and that by whether the message was read after DATA, not by the kind of the error.
 *
 * @param smtpUrl `smtp://user:password@host:port` or `smtps://…`
 * @throws AppError CONFIG_INVALID when the URL is not one.
 */
export function createTransport(smtpUrl: string, options: TransportOptions = {}): MailTransport {
  const { totalTimeout, ...timeouts } = smtpTimeouts(options);
  const pool = createNodemailer({
    pool: true,
    url: checkedUrl(smtpUrl, options.requireTls ?? false),
    ...(options.requireTls === true ? { requireTLS: true } : {}),
    maxConnections: options.maxConnections ?? 5,
    maxMessages: 500,
    maxRequeues: 0,
    ...timeouts,
    dnsTimeout: timeouts.connectionTimeout,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...signing(options.dkim ?? null, ''),
  });
  pool.use('stream', (mail, done) => {
    const { signal } = mail.data;
    if (mail.message !== null) {
      writeInOnePiece(mail.message);
      if (signal !== undefined) handOvers.get(signal)?.watch(mail.message);
    }
    done();
  });
  /** By the signal of the send, which Nodemailer hands through as it is. */
  const handOvers = new WeakMap<AbortSignal, HandOver>();
  const onTheirWay = new Set<Promise<Outcome>>();
  let closed = false;

  const sendByPool = async (message: OutgoingMessage): Promise<Outcome> => {
    if (closed) return { kind: 'released', reason: 'the mail transport is closed', code: 'ECLOSED' };
    // Nodemailer reads an address as a list of addresses: one that is not plainly one goes to nobody.
    if (!ONE_ADDRESS.test(message.envelope.to)) {
      return {
        kind: 'refused',
        permanent: true,
        reason: 'this is not an email address',
        code: 'EENVELOPE',
        scope: 'recipient',
      };
    }
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), totalTimeout);
    const handOver = new HandOver();
    handOvers.set(deadline.signal, handOver);
    try {
      const envelope = { from: message.envelope.from, to: [message.envelope.to] };
      const signed = signing(options.dkim ?? null, message.from.address);
      const info = await pool.sendMail({ ...message, ...signed, envelope, signal: deadline.signal });
      return { kind: 'accepted', response: plainReason(info.response ?? '') };
    } catch (error) {
      return outcomeOf(error, handOver);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    send: (message) => {
      const sending = sendByPool(message);
      onTheirWay.add(sending);
      void sending.finally(() => onTheirWay.delete(sending));
      return sending;
    },
    verify: async () => {
      try {
        await pool.verify();
        return { ok: true };
      } catch (error) {
        return { ok: false, reason: plainReason(messageOf(error)) };
      }
    },
    close: async () => {
      closed = true;
      await Promise.all(onTheirWay);
      pool.close();
    },
  };
}

/** How a mail is signed: by the domain of its sender, or the nearest above it, so that DMARC finds them aligned. */
function signing(dkim: DkimOptions | null, from: string): { dkim?: object } {
  if (dkim === null) return {};
  const { keySelector, privateKey } = dkim;
  return {
    dkim: { domainName: signerFor(dkim, domainOf(from)), keySelector, privateKey, headerFieldNames: SIGNED_FIELDS },
  };
}

/** The domain that signs mails from `domain`. */
export function signerFor(
  { domainName, others = [] }: Pick<DkimOptions, 'domainName' | 'others'>,
  domain: string,
): string {
  const nearest = [domainName, ...others]
    .filter((one) => domain === one || domain.endsWith(`.${one}`))
    .toSorted((a, b) => b.length - a.length)[0];
  return nearest ?? domainName;
}

/** The time-outs of a transport, in milliseconds. */
export function smtpTimeouts(options: TransportOptions): Required<Pick<TransportOptions, Timeout>> {
  return {
    connectionTimeout: options.connectionTimeout ?? SMTP.connect,
    greetingTimeout: options.greetingTimeout ?? SMTP.greeting,
    socketTimeout: options.socketTimeout ?? SMTP.silence,
    totalTimeout: options.totalTimeout ?? SMTP.message,
  };
}

type Timeout = 'connectionTimeout' | 'greetingTimeout' | 'socketTimeout' | 'totalTimeout';

/** The one place where an error becomes an outcome. */
function outcomeOf(error: unknown, handOver: HandOver): Outcome {
  const { code, command, response } = smtpErrorOf(error);
  const reason = plainReason(messageOf(error));
  // A reply counts as the answer to this message only where Nodemailer ties it to one of its commands: EENVELOPE before
  // the message, EMESSAGE for the final dot. A reply that came out of turn, or half of one, decides nothing.
  const answer = code === 'EENVELOPE' || code === 'EMESSAGE' ? readAnswer(response) : null;
  if (answer !== null) {
    const ofUs = isRefusalOfUs(answer, command, response) ? { refusesUs: true as const } : {};
    if (!isPermanent(answer.code)) {
      const ofMailbox = isOfMailboxForNow(answer, command, response) ? { ofMailbox: true as const } : {};
      return { kind: 'released', reason, code: String(answer.code), ...ofUs, ...ofMailbox };
    }
    const enhanced = answer.enhancedCode === undefined ? {} : { enhancedCode: answer.enhancedCode };
    return {
      kind: 'refused',
      permanent: true,
      reason,
      code: String(answer.code),
      ...enhanced,
      scope: refusalScope(answer, command, response),
      ...ofUs,
    };
  }
  if (handOver.began()) return { kind: 'in_doubt', reason };
  // From here on nothing may leave any more, whatever the connection still does.
  handOver.prevent();
  if (command === 'API' && code === 'EENVELOPE') {
    return { kind: 'refused', permanent: true, reason, code, scope: 'recipient' };
  }
  if (code === 'EMESSAGE') return { kind: 'refused', permanent: true, reason, code, scope: 'message' };
  return code === '' ? { kind: 'released', reason } : { kind: 'released', reason, code };
}

function smtpErrorOf(error: unknown): { code: string; command: string; response: string } {
  const fields: Record<string, unknown> = typeof error === 'object' && error !== null ? { ...error } : {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { code: text(fields['code']), command: text(fields['command']), response: text(fields['response']) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

/** Nodemailer takes any option from the URL's query: those that would break the contract above are dropped. */
function checkedUrl(smtpUrl: string, requireTls: boolean): string {
  let url: URL;
  try {
    url = new URL(smtpUrl);
  } catch {
    throw new AppError('CONFIG_INVALID', 'SMTP_URL is not a URL; it should look like smtp://user:password@host:587');
  }
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') {
    throw new AppError('CONFIG_INVALID', `SMTP_URL must begin with smtp:// or smtps://, not ${url.protocol}//`);
  }
  if (requireTls)
    for (const name of ['ignoreTLS', 'opportunisticTLS', 'requireTLS', 'secure']) url.searchParams.delete(name);
  for (const name of ['maxRequeues', 'pool', 'logger', 'debug', 'transactionLog', 'lmtp'])
    url.searchParams.delete(name);
  return url.toString();
}
