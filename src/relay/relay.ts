/** From the outbox to the leads' processes: right after a commit by `ring`, and by a sweep for what a crash left behind. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';

import type { Db } from '../store/db.ts';
import { createDeliver, type RelayObserver } from './deliver.ts';
import { claimBells, type Bell } from './outbox-rows.ts';

export type { RelayObserver } from './deliver.ts';

export interface Relay {
  /** Delivers these outbox rows soon. Call it after the commit that wrote them; never throws, never waits. */
  ring(outboxIds: readonly string[]): void;
  /** Delivers whatever is due. Returns how many were delivered. */
  sweepNow(): Promise<number>;
  /** Delivers what was rung, then stops. */
  close(): Promise<void>;
}

export interface RelayOptions {
  db: Db;
  client: Client;
  /** Queue of the leads' processes. */
  taskQueue: string;
  log: Logger;
  /** Pause between two sweeps; 3 s by default. */
  sweepEveryMs?: number;
  /** How long a claimed row is left alone; 30 s by default. Longer than a delivery takes, or it is delivered twice (and heard once). */
  leaseMs?: number;
  observe?: RelayObserver;
}

const SWEEP_EVERY_MS = 3_000;
const LEASE_MS = 30_000;
/** Rows of one claim. */
const BATCH = 50;
/** Claims of rung rows under way at once; what is rung meanwhile joins the next. */
const CLAIMS_AT_ONCE = 4;
/** More than this many rung and not yet claimed are left to the sweep. */
const MAX_RUNG = 20_000;

/**
 * Starts the relay. Several may run at once, in as many processes: a row is claimed by one. Delivery is at least once; the
 * lead's process hears a bell once, by the row's id.
 */
export function createRelay(options: RelayOptions): Relay {
  const { db, log, sweepEveryMs = SWEEP_EVERY_MS, leaseMs = LEASE_MS } = options;
  const deliver = createDeliver({ ...options, observe: options.observe ?? {} });
  const rung = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  let claims = 0;
  let closing = false;
  let timer: NodeJS.Timeout | undefined;
  let wakeUp: NodeJS.Immediate | undefined;
  let sweeping: Promise<number> | undefined;

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    void work.finally(() => underWay.delete(work)).catch(() => {});
    return work;
  }

  /** Rings of one turn of the event loop share a claim. */
  function wake(): void {
    wakeUp ??= setImmediate(() => {
      wakeUp = undefined;
      while (rung.size > 0 && claims < CLAIMS_AT_ONCE) void track(deliverRung());
    });
  }

  async function deliverRung(): Promise<void> {
    const ids = [...rung].slice(0, BATCH);
    for (const id of ids) rung.delete(id);
    claims += 1;
    try {
      await deliver(await claim(ids));
    } catch (error) {
      // Whatever was claimed comes back with its lease; the sweep delivers it.
      log.warn({ err: error }, 'rung rows are left to the sweep');
    } finally {
      claims -= 1;
      if (rung.size > 0) wake();
    }
  }

  async function claim(ids?: readonly string[]): Promise<Bell[]> {
    return claimBells(db, { ...(ids === undefined ? {} : { ids }), limit: BATCH, leaseMs });
  }

  async function sweep(): Promise<number> {
    let count = 0;
    for (;;) {
      const bells = await claim();
      const delivered = await deliver(bells);
      count += delivered.count;
      if (bells.length < BATCH || delivered.serverDown || closing) return count;
    }
  }

  /** One sweep at a time: who asks during one gets that one's answer. */
  function sweepNow(): Promise<number> {
    sweeping ??= track(sweep()).finally(() => {
      sweeping = undefined;
    });
    return sweeping;
  }

  async function sweepAndGoOn(): Promise<void> {
    try {
      const count = await sweepNow();
      if (count > 0) log.debug({ count }, 'delivered by the sweep');
    } catch (error) {
      log.warn({ err: error }, 'the sweep failed and is tried again');
    }
    if (!closing) schedule();
  }

  function schedule(): void {
    timer = setTimeout(() => void sweepAndGoOn(), sweepEveryMs);
  }

  timer = setTimeout(() => void sweepAndGoOn(), 0);

  return {
    ring(outboxIds) {
      if (closing) return;
      for (const id of outboxIds) if (rung.size < MAX_RUNG) rung.add(id);
      if (rung.size > 0) wake();
    },
    sweepNow,
    async close() {
      closing = true;
      clearTimeout(timer);
      while (rung.size > 0 || underWay.size > 0) {
        wake();
        await Promise.allSettled([...underWay, new Promise((resolve) => setImmediate(resolve))]);
      }
      clearImmediate(wakeUp);
    },
  };
}
