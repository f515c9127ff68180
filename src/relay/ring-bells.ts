import type { Client } from '@temporalio/client';
import pLimit from 'p-limit';

import { reached } from '../runtime/race-points.ts';
import type { Db } from '../store/db.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';
import { dropRung, markRung, putOffBells, type Bell, type Missed } from './outbox-rows.ts';
import { describeFailure, ringLead } from './ring-lead.ts';

/** Numbers for the metrics. */
export interface RelayObserver {
  /** A bell was rung, so long after it was written. */
  rung?(bell: { reason: string; waitedMs: number }): void;
  /** A bell could not be rung; `error` is a code. */
  missed?(bell: { reason: string; error: string }): void;
}

export interface RingResult {
  /** How many bells were rung. */
  count: number;
  /** The server answers no one at present: there is no point in trying the other bells. */
  serverDown: boolean;
}

const CONCURRENCY = 50;
/** Temporal starts a workflow of the same id at most once a second. */
const FIRST_RETRY_MS = 1_100;
const MAX_RETRY_MS = 5 * 60_000;
/** Once the server is back, the bells it missed are rung within this time. */
const MAX_RETRY_SERVER_DOWN_MS = 15_000;

export type RingBells = (bells: readonly Bell[]) => Promise<RingResult>;

/**
 * Rings leased bells. Bells of different leads are rung at once. Bells of one lead are rung in order, and none after one
 * that failed. Then one statement writes which were rung, and another which are put off.
 */
export function createBellRinger(options: {
  db: Db;
  client: Client;
  taskQueue: string;
  rules: Pick<RulesInForce, 'current'>;
  observe: RelayObserver;
}): RingBells {
  const { db, client, taskQueue, rules, observe } = options;
  const limit = pLimit(CONCURRENCY);

  async function ringInOrder(bells: readonly Bell[], rung: string[], missed: Missed[]): Promise<boolean> {
    for (const bell of bells) {
      try {
        await reached('bell.leased', bell.leadId);
        await ringLead(client, taskQueue, bell, rules.current().playbook);
      } catch (cause) {
        const { error, serverDown } = describeFailure(cause);
        missed.push({ leadId: bell.leadId, error, retryInMs: retryIn(bell.attempts, serverDown) });
        observe.missed?.({ reason: bell.reason, error });
        return serverDown;
      }
      rung.push(bell.id);
      observe.rung?.(bell);
    }
    return false;
  }

  return async (bells) => {
    const rung: string[] = [];
    const missed: Missed[] = [];
    const byLead = Map.groupBy(bells, ({ leadId }) => leadId);
    const down = await Promise.all([...byLead.values()].map((own) => limit(() => ringInOrder(own, rung, missed))));
    const isLast = new Set(bells.flatMap(({ id, start }) => (start === null ? [id] : [])));
    await markRung(
      db,
      rung.filter((id) => !isLast.has(id)),
    );
    await dropRung(
      db,
      rung.filter((id) => isLast.has(id)),
    );
    await putOffBells(db, missed);
    return { count: rung.length, serverDown: down.includes(true) };
  };
}

function retryIn(attempts: number, serverDown: boolean): number {
  const most = serverDown ? MAX_RETRY_SERVER_DOWN_MS : MAX_RETRY_MS;
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 16), most);
}
