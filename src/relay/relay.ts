/** Rings the leads' processes for the rows of the outbox: `ring` right after a commit, a sweep for rows that a crash left behind. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';

import type { Db } from '../store/db.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';
import { createBellRinger, type RelayObserver } from './ring-bells.ts';
import { leaseBells, type Bell } from './outbox-rows.ts';

export type { RelayObserver } from './ring-bells.ts';

export interface Relay {
  /** Rings these outbox rows soon. Call it after the commit that wrote them; never throws, never waits. */
  ring(outboxIds: readonly string[]): void;
  /** Rings whatever is due. Returns how many bells were rung. */
  sweepNow(): Promise<number>;
  /** Rings what it was asked to ring, then stops. */
  close(): Promise<void>;
}

export interface RelayOptions {
  db: Db;
  client: Client;
  /** Queue of the leads' processes. */
  taskQueue: string;
  /** By them it is decided what a process shows when it is started. */
  rules: Pick<RulesInForce, 'current'>;
  log: Logger;
  /** Pause between two sweeps; 3 s by default. */
  sweepEveryMs?: number;
  /**
   * How long a leased row is left alone; 10 s by default. It must be longer than ringing takes: otherwise a bell is rung twice
   * (and heard once).
   */
  leaseMs?: number;
  observe?: RelayObserver;
}

const SWEEP_EVERY_MS = 3_000;
/** Milliseconds after which the bells of a relay that died are rung by another. A lead that became ready waits that long at most. */
export const LEASE_MS = 10_000;
/** Rows of one lease. */
const BATCH = 50;
/** Leases taken at once. Rows that are asked for meanwhile join the next lease. */
const LEASES_AT_ONCE = 4;
/** So many rows may wait for a lease. The sweep rings those beyond. */
const MAX_ASKED = 20_000;

/**
 * Starts the relay. Several may run at once, in as many processes: each row is leased by one of them. A bell is rung at least
 * once; the lead's process hears it once, by the row's id.
 */
export function createRelay(options: RelayOptions): Relay {
  const { db, log, sweepEveryMs = SWEEP_EVERY_MS, leaseMs = LEASE_MS } = options;
  const ringBells = createBellRinger({ ...options, observe: options.observe ?? {} });
  const asked = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  let leases = 0;
  let closing = false;
  let timer: NodeJS.Timeout | undefined;
  let wakeUp: NodeJS.Immediate | undefined;
  let sweeping: Promise<number> | undefined;

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    void work.finally(() => underWay.delete(work)).catch(() => {});
    return work;
  }

  /** Rows that are asked for in one turn of the event loop share a lease. */
  function wake(): void {
    wakeUp ??= setImmediate(() => {
      wakeUp = undefined;
      while (asked.size > 0 && leases < LEASES_AT_ONCE) void track(ringAsked());
    });
  }

  async function ringAsked(): Promise<void> {
    const ids = [...asked].slice(0, BATCH);
    for (const id of ids) asked.delete(id);
    leases += 1;
    try {
      await ringBells(await lease(ids));
    } catch (error) {
      // A leased row is free again when its lease ends; then the sweep rings it.
      log.warn({ err: error }, 'outbox rows could not be rung at once; the sweep rings them');
    } finally {
      leases -= 1;
      if (asked.size > 0) wake();
    }
  }

  async function lease(ids?: readonly string[]): Promise<Bell[]> {
    return leaseBells(db, { ...(ids === undefined ? {} : { ids }), limit: BATCH, leaseMs });
  }

  async function sweep(): Promise<number> {
    let count = 0;
    for (;;) {
      const bells = await lease();
      const result = await ringBells(bells);
      count += result.count;
      if (bells.length < BATCH || result.serverDown || closing) return count;
    }
  }

  /** One sweep runs at a time. A caller that asks during a sweep gets the result of that sweep. */
  function sweepNow(): Promise<number> {
    sweeping ??= track(sweep()).finally(() => {
      sweeping = undefined;
    });
    return sweeping;
  }

  async function sweepAndGoOn(): Promise<void> {
    try {
      const count = await sweepNow();
      if (count > 0) log.debug({ count }, 'the sweep rang bells');
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
      for (const id of outboxIds) if (asked.size < MAX_ASKED) asked.add(id);
      if (asked.size > 0) wake();
    },
    sweepNow,
    async close() {
      closing = true;
      clearTimeout(timer);
      while (asked.size > 0 || underWay.size > 0) {
        wake();
        await Promise.allSettled([...underWay, new Promise((resolve) => setImmediate(resolve))]);
      }
      clearImmediate(wakeUp);
    },
  };
}
