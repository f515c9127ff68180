/** The mailbox that mails come back to, read by IMAP: what is unseen is taken, and marked as seen once its row stands. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import { readInboundAddress } from '../../email/inbound/address.ts';
import { sendIdsIn } from '../../email/inbound/message-id.ts';
import { type InboundMail, MAX_BYTES } from '../../email/inbound/read-mail.ts';
import type { Logger } from '../../runtime/log.ts';
import { isSendToLead, latestSendTo } from '../../store/inbound/send-of.ts';
import { type InboundDeps, type MailTo, receiveMail } from './receive.ts';

export interface Mailbox {
  /** Resolves when the connection is closed. What was not marked as seen is taken again at the next start, and counts once. */
  close(): Promise<void>;
}

/** A server that does not announce new mail is asked at least this often. */
const LOOK_EVERY_MS = 60_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const CONNECT_MS = 30_000;
/** Mails of one look. */
const MOST_AT_ONCE = 200;

export type MailboxDeps = Omit<InboundDeps, 'domain'> & { domain: string | null; log: Logger };

/** Reads the mailbox until it is closed; after an outage it begins again. */
export function startMailbox(deps: MailboxDeps, url: string): Mailbox {
  const closing = new AbortController();
  const { options, path } = mailboxOf(url);
  /** What cannot be read is left unseen, and does not hold up the others. */
  const broken = new Set<string>();

  async function run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!closing.signal.aborted) {
      try {
        await session(() => (pauseMs = FIRST_PAUSE_MS));
      } catch (error) {
        if (closing.signal.aborted) return;
        deps.log.warn({ err: error }, 'the mailbox for incoming mail does not answer, and is tried again');
      }
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  async function session(isUp: () => void): Promise<void> {
    const client = new ImapFlow(options);
    const news = createNews(closing.signal);
    client.on('exists', news.came);
    client.on('close', news.came);
    // Without a listener an error of the connection would end the process. What it interrupts fails as well.
    client.on('error', news.came);
    try {
      await client.connect();
      const lock = await client.getMailboxLock(path);
      deps.log.info('the mailbox for incoming mail is read');
      isUp();
      try {
        while (client.usable && !closing.signal.aborted) {
          news.forget();
          await takeUnseen(client);
          if (!client.usable || closing.signal.aborted) break;
          // Ends when the server tells of something, or when the next command interrupts it.
          const idle = client.idle().catch(() => undefined);
          await Promise.race([news.wait(LOOK_EVERY_MS), idle]);
        }
      } finally {
        lock.release();
      }
    } finally {
      client.close();
    }
  }

  async function takeUnseen(client: ImapFlow): Promise<void> {
    const found = await client.search({ seen: false }, { uid: true });
    for (const uid of (found === false || found === undefined ? [] : found).slice(0, MOST_AT_ONCE + broken.size)) {
      const key = `${uidValidityOf(client)} ${uid}`;
      if (closing.signal.aborted || broken.has(key)) continue;
      // Peeks: it stays unseen until its row stands.
      const mail = await client.fetchOne(
        String(uid),
        { source: { start: 0, maxLength: MAX_BYTES }, size: true },
        { uid: true },
      );
      if (mail === false || mail.source === undefined) continue;
      const digest = createHash('sha256')
        .update(mail.source)
        .update(` ${mail.size ?? 0}`)
        .digest('hex');
      try {
        await receiveMail(deps, (read) => addresseeOf(deps, read), { raw: mail.source, digest });
      } catch (error) {
        deps.log.warn({ err: error }, 'a mail of the mailbox could not be recorded; it stays unseen');
        broken.add(key);
        continue;
      }
      await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
    }
  }

  const running = run();
  // What could not be recorded for an outage of ours is tried again.
  const again = setInterval(() => broken.clear(), LONGEST_PAUSE_MS).unref();
  return {
    async close() {
      clearInterval(again);
      closing.abort();
      await running;
    },
  };
}

/** @param url as INBOUND_IMAP_URL; its path is the mailbox, INBOX without one */
function mailboxOf(url: string): { options: ImapFlowOptions; path: string } {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  const secure = protocol === 'imaps:';
  const options: ImapFlowOptions = {
    host: hostname,
    port: port === '' ? (secure ? 993 : 143) : Number(port),
    secure,
    ...(!secure && searchParams.get('starttls') === 'required' ? { doSTARTTLS: true } : {}),
    auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    logger: false,
    connectionTimeout: CONNECT_MS,
    maxIdleTime: LOOK_EVERY_MS,
  };
  return { options, path: decodeURIComponent(pathname.slice(1)) || 'INBOX' };
}

function uidValidityOf({ mailbox }: ImapFlow): string {
  return mailbox === false ? '' : String(mailbox.uidValidity);
}

/** A doorbell: what rings before somebody waits is not lost. */
function createNews(signal: AbortSignal): { came(): void; forget(): void; wait(ms: number): Promise<void> } {
  let bell = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => bell.resolve(), { once: true });
  return {
    came: () => bell.resolve(),
    forget: () => (bell = Promise.withResolvers<void>()),
    wait: (ms) => Promise.race([bell.promise, sleep(ms, undefined, { signal }).catch(() => undefined)]),
  };
}

const ADDRESSED = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to', 'cc'];

/**
 * Which message of ours a mail of the mailbox answers: by a signed address, or by the Message-ID that an answer or a returned mail names.
 * Only what can do no harm (an answer, an absence) is known by its sender alone: anybody can write there that an address is gone.
 */
async function addresseeOf(deps: MailboxDeps, mail: InboundMail): Promise<MailTo> {
  const signed = deps.domain === null ? null : signedAddress(deps, deps.domain, mail);
  if (signed !== null) return signed;
  const { headers, original } = mail;
  const named = sendIdsIn(headers.get('in-reply-to'), headers.get('references'), bracketed(original.get('message-id')));
  for (const sendId of named) if (await isSendToLead(deps.store, sendId)) return { sendId, purpose: 'bounce' };
  return { sendId: null, purpose: 'bounce', writtenBy: (from) => latestSendTo(deps.store, from) };
}

function signedAddress(deps: MailboxDeps, domain: string, { headers }: InboundMail): MailTo | null {
  const fields = ADDRESSED.map((name) => headers.get(name) ?? '')
    .join(' ')
    .slice(0, 10_000);
  for (const [address] of fields.matchAll(/[bu]-[0-9a-f]+@[\w.-]+/gi)) {
    const read = readInboundAddress(address, domain);
    const send = read === null ? null : deps.tokens.readMailbox(read.token);
    if (read !== null && send !== null) return { sendId: send.sendId, purpose: read.purpose };
  }
  return null;
}

function bracketed(messageId: string | undefined): string | undefined {
  return messageId === undefined || messageId.includes('<') ? messageId : `<${messageId.trim()}>`;
}
