import type { Client } from '@temporalio/client';
import pLimit from 'p-limit';

import type { Db } from '../store/db.ts';
import { markDelivered, putOff, type Bell, type Missed } from './outbox-rows.ts';
import { describeFailure, ringLead } from './ring-lead.ts';

/** Numbers for the metrics. */
export interface RelayObserver {
  /** A bell was rung, so long after it was written. */
  delivered?(bell: { reason: string; waitedMs: number }): void;
  /** A bell could not be rung; `error` is a code. */
  failed?(bell: { reason: string; error: string }): void;
}

export interface Delivered {
  count: number;
  /** Nothing gets through at present: no point in going on with the rest. */
  serverDown: boolean;
}

const CONCURRENCY = 50;
/** A server lets the same id start at most once a second. */
const FIRST_RETRY_MS = 1_100;
const MAX_RETRY_MS = 5 * 60_000;
/** A server that comes back finds the bells it missed within this time. */
const MAX_RETRY_SERVER_DOWN_MS = 15_000;

export type Deliver = (bells: readonly Bell[]) => Promise<Delivered>;

/**
 * Rings claimed bells: of different leads at once, of one lead in order and no further after one that failed.
 * Then writes, in one statement each, which were rung and which are put off.
 */
export function createDeliver(options: { db: Db; client: Client; taskQueue: string; observe: RelayObserver }): Deliver {
  const { db, client, taskQueue, observe } = options;
  const limit = pLimit(CONCURRENCY);

  async function ringInOrder(bells: readonly Bell[], rung: string[], missed: Missed[]): Promise<boolean> {
    for (const bell of bells) {
      try {
        await ringLead(client, taskQueue, bell);
      } catch (cause) {
        const { error, serverDown } = describeFailure(cause);
        missed.push({ leadId: bell.leadId, error, retryInMs: retryIn(bell.attempts, serverDown) });
        observe.failed?.({ reason: bell.reason, error });
        return serverDown;
      }
      rung.push(bell.id);
      observe.delivered?.(bell);
    }
    return false;
  }

  return async (bells) => {
    const rung: string[] = [];
    const missed: Missed[] = [];
    const byLead = Map.groupBy(bells, ({ leadId }) => leadId);
    const down = await Promise.all([...byLead.values()].map((own) => limit(() => ringInOrder(own, rung, missed))));
    await markDelivered(db, rung);
    await putOff(db, missed);
    return { count: rung.length, serverDown: down.includes(true) };
  };
}

function retryIn(attempts: number, serverDown: boolean): number {
  const most = serverDown ? MAX_RETRY_SERVER_DOWN_MS : MAX_RETRY_MS;
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 16), most);
}
