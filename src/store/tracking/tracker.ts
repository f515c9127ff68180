import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Logger } from 'pino';
import { agentOf } from '../../domain/agent.ts';
import type { Hint } from '../../domain/machine-open.ts';
import { newId } from '../../domain/ids.ts';
import type { StoreContext } from '../context.ts';
import { createPool } from '../db.ts';
import { createKeeper } from './keeper.ts';
import { createLinks, type FindLink } from './links.ts';
import { createScannerLists } from './scanner-lists.ts';
import { createRecorder } from './recorder.ts';

/** What a request for a pixel or a tracked link says. */
export interface Fetched {
  sendId: string;
  /** Null for the pixel. */
  linkId: number | null;
  /** HTTP method. */
  method: string;
  /** The User-Agent header; read and not kept. */
  userAgent: string | null;
  /** The address that it came from; read and not kept. */
  ip?: string | undefined;
  /** In a simulation: it is a person's by definition. */
  persona?: true;
}

/** Opens and clicks, from the request to the event. */
export interface Tracker {
  findLink: FindLink;
  /** Takes note of a HEAD of a message's pixel or link: it appends nothing, but a GET a moment later is a program's. */
  head(sendId: string): void;
  /**
   * Takes note of a fetch. Resolves when it is where a crash does not lose it, and never rejects: what cannot be kept now is kept
   * in memory and tried again.
   */
  note(fetched: Fetched): Promise<void>;
  /** Resolves when all that was noted is recorded. */
  idle(): Promise<void>;
  /** Keeps what was noted, and lets go of its connections. */
  close(): Promise<void>;
}

/** One for keeping, one for links: neither waits for whoever uses up the main pool. */
const CONNECTIONS = 2;
/** A crowd in the queue for those is a database that is away. */
const QUERY_TIMEOUT_MS = 5_000;
/**
 * Fetches of one pixel or link, and of one send, that are kept one by one within the time. The inbox is bounded by this while a
 * lead is held; how many of them become events, record.ts says.
 */
const WINDOW_S = 30;
const KEPT_OF_ONE = 10;
const KEPT_OF_SEND = 200;
/** A GET so soon after a HEAD of the same message is the same program's. */
const AFTER_HEAD_S = 10;

export function createTracker(options: {
  databaseUrl: string;
  ctx: StoreContext;
  /** Hands outbox rows to the relay. */
  ring: (outboxIds: readonly string[]) => void;
  log: Logger;
}): Tracker {
  const { databaseUrl, ctx, ring, log } = options;
  const pool = createPool(databaseUrl, { max: CONNECTIONS, queryTimeoutMs: QUERY_TIMEOUT_MS });
  const recorder = createRecorder({ ctx, ring, log });
  const keeper = createKeeper({ pool, log, kept: () => recorder.wake() });
  const ofOne = new RateLimiterMemory({ points: KEPT_OF_ONE, duration: WINDOW_S });
  const ofSend = new RateLimiterMemory({ points: KEPT_OF_SEND, duration: WINDOW_S });
  const headed = new RateLimiterMemory({ points: 1, duration: AFTER_HEAD_S });
  const scanners = createScannerLists({ db: ctx.db, log });

  async function isRepeat({ sendId, linkId }: Fetched): Promise<boolean> {
    const among = await Promise.allSettled([ofOne.consume(`${sendId} ${linkId ?? 'pixel'}`), ofSend.consume(sendId)]);
    return among.some(({ status }) => status === 'rejected');
  }

  async function hintsOf({ sendId, ip, persona }: Fetched): Promise<Hint[]> {
    const network = ip === undefined ? null : scanners.networkOf(ip);
    const wasHeaded = (await headed.get(sendId)) !== null;
    return [
      ...(wasHeaded ? (['after-head'] as const) : []),
      ...(network === null ? [] : [network]),
      ...(persona === true ? (['persona'] as const) : []),
    ];
  }

  return {
    findLink: createLinks(pool),
    head: (sendId) => void headed.set(sendId, 1, AFTER_HEAD_S),
    async note(fetched) {
      const { sendId, linkId, method, userAgent } = fetched;
      const at = new Date(ctx.realNow());
      // Made before anything is waited for: events are in the order of their ids.
      const id = newId('event');
      if (await isRepeat(fetched)) keeper.count({ sendId, linkId, count: 1, at });
      else
        await keeper.keep({
          id,
          sendId,
          linkId,
          method,
          agent: agentOf(userAgent, scanners.agents()),
          hints: await hintsOf(fetched),
          at,
        });
    },
    async idle() {
      await keeper.idle();
      await recorder.idle();
    },
    async close() {
      scanners.close();
      await keeper.close();
      await recorder.close();
      await pool.end();
    },
  };
}
