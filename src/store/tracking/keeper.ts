import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type pg from 'pg';
import type { Repeats, TrackedFetch } from './fetch.ts';
import { keepFetches, keepRepeats } from './inbox.ts';

export interface Keeper {
  /** Resolves when the fetch is in the inbox. */
  keep(fetch: TrackedFetch): Promise<void>;
  /** Counts what is not kept one by one. A crash forgets the last second of it. */
  count(repeats: Repeats): void;
  /** Resolves when all that is in memory is in the inbox. */
  idle(): Promise<void>;
  /** Tries once more to keep what is in memory. */
  close(): Promise<void>;
}

interface Waiting {
  fetch: TrackedFetch;
  done: () => void;
}

/** Fetches of one statement. */
const MOST_AT_ONCE = 200;
/** The most fetches in memory while the database is down: some minutes of a busy hour. Further fetches are lost, and the log says so. */
const MOST_WAITING = 10_000;
const COUNT_EVERY_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Puts fetches into the inbox: what comes in while a statement is under way shares the next. */
export function createKeeper(options: { pool: pg.Pool; log: Logger; kept: () => void }): Keeper {
  const { pool, log, kept } = options;
  const waiting: Waiting[] = [];
  const counted = new Map<string, Repeats>();
  const closing = new AbortController();
  let working: Promise<void> | null = null;
  let lost = 0;
  let countAt: NodeJS.Timeout | undefined;

  function wake(): void {
    working ??= work();
  }

  async function work(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    // What comes in within one turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0 || isTimeToCount()) {
      try {
        await keepSome();
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        log.warn({ err: error, waiting: waiting.length, lost }, 'opens and clicks cannot be kept and are tried again');
        if (closing.signal.aborted) break;
        await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
    // With nothing awaited since the last look: whatever comes in from here on begins anew.
    working = null;
  }

  async function keepSome(): Promise<void> {
    const some = waiting.slice(0, MOST_AT_ONCE);
    if (some.length > 0) {
      await keepFetches(
        pool,
        some.map(({ fetch }) => fetch),
      );
      waiting.splice(0, some.length);
      for (const { done } of some) done();
    }
    if (isTimeToCount()) {
      const repeats = [...counted.values()];
      counted.clear();
      await keepRepeats(pool, repeats).catch((error: unknown) => {
        repeats.forEach(add);
        throw error;
      });
    }
    kept();
  }

  function add(repeats: Repeats): void {
    const key = `${repeats.sendId} ${repeats.linkId ?? 'pixel'}`;
    const before = counted.get(key)?.count ?? 0;
    if (before > 0 || counted.size < MOST_WAITING) counted.set(key, { ...repeats, count: before + repeats.count });
  }

  function flushCount(): void {
    clearTimeout(countAt);
    countAt = undefined;
    if (counted.size > 0) wake();
  }

  const isTimeToCount = (): boolean => counted.size > 0 && countAt === undefined;

  return {
    keep(fetch) {
      if (waiting.length >= MOST_WAITING) {
        lost += 1;
        return Promise.resolve();
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ fetch, done: resolve });
      wake();
      return promise;
    },
    count(repeats) {
      add(repeats);
      countAt ??= setTimeout(flushCount, COUNT_EVERY_MS).unref();
    },
    async idle() {
      flushCount();
      for (let now = working; now !== null; now = working) await now;
    },
    async close() {
      closing.abort();
      flushCount();
      await working;
    },
  };
}
