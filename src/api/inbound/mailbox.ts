/** The mailbox that mails come back to, read by IMAP: what is unseen is taken, and marked as seen once its row stands. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import { MAX_BYTES } from '../../email/inbound/read-mail.ts';
import type { Logger } from '../../runtime/log.ts';
import { addresseeOf } from './addressee.ts';
import { type InboundDeps, receiveMail } from './receive.ts';

export interface Mailbox {
  /** Resolves when the connection is closed. What was not marked as seen is taken again at the next start, and counts once. */
  close(): Promise<void>;
}

/** A server that does not announce new mail is asked at least this often. */
const LOOK_EVERY_MS = 60_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const CONNECT_MS = 30_000;
/** So many mails are asked about at once: a server lists them all in one line. */
const WINDOW = 2_000;
/** A server that sends more of a mail than was asked for is hung up on. */
const MOST_OF_ANSWER = 8 * MAX_BYTES;
/** So many mails that are left for later are remembered; with more of them the mailbox rests until they are tried again. */
const MOST_LEFT = 1_000;

/** How fast a mailbox is read: whatever is in it, memory stays as it is, and others get their turn at the database. */
export interface Pace {
  /** Mails of one look. */
  atOnce: number;
  /** Until the next look, where there are more. */
  restMs: number;
}
const PACE: Pace = { atOnce: 200, restMs: 10_000 };

export type MailboxDeps = Omit<InboundDeps, 'domain'> & { log: Logger };

/** Reads the mailbox until it is closed; after an outage it begins again. */
export function startMailbox(deps: MailboxDeps, url: string, { atOnce, restMs }: Pace = PACE): Mailbox {
  const closing = new AbortController();
  const { options, path } = mailboxOf(url);
  /** What cannot be read now is left unseen, and does not hold up the others. */
  const left = new Set<string>();

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
          const isDone = await takeUnseen(client);
          if (!client.usable || closing.signal.aborted) break;
          if (!isDone) {
            await sleep(restMs, undefined, { signal: closing.signal }).catch(() => undefined);
            continue;
          }
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

  /** Takes so many mails as one look does; answers whether those were all. */
  async function takeUnseen(client: ImapFlow): Promise<boolean> {
    let taken = 0;
    for await (const uid of unseenIn(client)) {
      const key = `${uidValidityOf(client)} ${uid}`;
      if (closing.signal.aborted || left.size >= MOST_LEFT) return true;
      if (left.has(key)) continue;
      if (taken === atOnce) return false;
      taken += 1;
      if (!(await takeOne(client, uid))) left.add(key);
    }
    return true;
  }

  /** False: it is left for later. */
  async function takeOne(client: ImapFlow, uid: number): Promise<boolean> {
    // Peeks: it stays unseen until its row stands.
    const asked = { source: { start: 0, maxLength: MAX_BYTES }, size: true };
    const mail = await client.fetchOne(String(uid), asked, { uid: true });
    if (mail === false || mail.source === undefined) return true;
    const digest = createHash('sha256')
      .update(mail.source)
      .update(` ${mail.size ?? 0}`)
      .digest('hex');
    try {
      await receiveMail(deps, (read) => addresseeOf(deps, read), { raw: mail.source, digest });
    } catch (error) {
      deps.log.warn({ err: error }, 'a mail of the mailbox is not recorded now; it stays unseen and is tried again');
      return false;
    }
    await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
    return true;
  }

  const running = run();
  // What could not be recorded for an outage of ours is tried again.
  const again = setInterval(() => left.clear(), LONGEST_PAUSE_MS).unref();
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
    maxLiteralSize: MOST_OF_ANSWER,
    maxResponseSize: 2 * MOST_OF_ANSWER,
    connectionTimeout: CONNECT_MS,
    maxIdleTime: LOOK_EVERY_MS,
  };
  return { options, path: decodeURIComponent(pathname.slice(1)) || 'INBOX' };
}

/** The unseen mails, the oldest first, asked for window by window. What is removed meanwhile is found by the next look. */
async function* unseenIn(client: ImapFlow): AsyncGenerator<number> {
  const { exists } = client.mailbox === false ? { exists: 0 } : client.mailbox;
  for (let first = 1; first <= exists; first += WINDOW) {
    const seq = `${first}:${Math.min(first + WINDOW - 1, exists)}`;
    const found = await client.search({ seen: false, seq }, { uid: true });
    yield* found === false || found === undefined ? [] : found;
  }
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
