import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { NEIGHBORS_MS } from '../../domain/machine-open.ts';
import { outageOf } from '../../runtime/outage.ts';
import type { StoreContext } from '../context.ts';
import { dueFetches } from './due.ts';
import { recordFetches, recordHeld } from './record.ts';

export interface Recorder {
  /** Something is in the inbox. Never waits, never fails. */
  wake(): void;
  /** Resolves when all that was in the inbox is recorded. */
  idle(): Promise<void>;
  /** Ends what is under way. What is left is found by the next process. */
  close(): Promise<void>;
}

/** For what a crash left behind, and what another process could not record. */
const LOOK_EVERY_MS = 5_000;
const FIRST_PAUSE_MS = 50;
/** A little later than what waits is due. */
const AFTER_WAIT_MS = NEIGHBORS_MS + 20;
const LONGEST_PAUSE_MS = 5_000;
/** After an error that is not about the database being away: a defect, which a person has to look at. */
const DEFECT_PAUSE_MS = 60_000;

/**
 * Takes fetches from the inbox in batches and records them under their leads' locks: two transactions at once at most, so that a
 * link fetched in a loop leaves the connections to others. A lead that somebody holds is waited for apart from the rest.
 */
export function createRecorder(options: {
  ctx: StoreContext;
  ring: (outboxIds: readonly string[]) => void;
  log: Logger;
}): Recorder {
  const { ctx, ring, log } = options;
  /** Leads that are tried alone: when next, and how long they are left alone after that. */
  const apart = new Map<string, { atMs: number; pauseMs: number }>();
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();
  const { signal } = closing;
  let isAwake = false;
  let isWorking = false;
  let isWorkingApart = false;

  function track(work: Promise<void>): void {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  }

  function wake(): void {
    isAwake = true;
    if (isWorking || signal.aborted) return;
    isWorking = true;
    track(work());
  }

  async function work(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (isAwake && !signal.aborted) {
      isAwake = false;
      try {
        isAwake = (await recordSome()) || isAwake;
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        log.warn({ err: error }, 'opens and clicks wait in the inbox and are tried again');
        await pause(pauseMs, signal);
        pauseMs = longer(pauseMs);
        isAwake = true;
      }
    }
    isWorking = false;
  }

  /** Answers whether there may be more. */
  async function recordSome(): Promise<boolean> {
    const due = await dueFetches(ctx.db, { without: [...apart.keys()] });
    if (due.length === 0) return false;
    try {
      const { ringIds, held, waits } = await recordFetches(ctx, due);
      ring(ringIds);
      if (waits) wakeLater();
      setApart(held);
    } catch (error) {
      if (outageOf(error) !== null) throw error;
      // Something about one of them cannot be stored: it alone is to wait.
      setApart(due.map(({ leadId }) => leadId));
    }
    return true;
  }

  function setApart(leadIds: readonly string[]): void {
    for (const leadId of leadIds) apart.set(leadId, { atMs: 0, pauseMs: FIRST_PAUSE_MS });
    if (apart.size === 0 || isWorkingApart) return;
    isWorkingApart = true;
    track(workApart());
  }

  /** One lead after the other, so that those held take one connection together. */
  async function workApart(): Promise<void> {
    while (apart.size > 0 && !signal.aborted) {
      const [next] = [...apart].toSorted(([, a], [, b]) => a.atMs - b.atMs);
      if (next === undefined) break;
      const [leadId, { atMs, pauseMs }] = next;
      await pause(atMs - performance.now(), signal);
      if (!signal.aborted) await recordApart(leadId, pauseMs);
    }
    isWorkingApart = false;
  }

  async function recordApart(leadId: string, pauseMs: number): Promise<void> {
    const later = (ms: number): unknown =>
      apart.set(leadId, { atMs: performance.now() + ms, pauseMs: longer(pauseMs) });
    try {
      const { ringIds, waits } = await recordHeld(ctx, leadId, await dueFetches(ctx.db, { leadId }));
      ring(ringIds);
      if (waits) wakeLater();
      apart.delete(leadId);
      wake();
    } catch (error) {
      if (outageOf(error) !== null) return void later(pauseMs);
      log.error({ err: error, leadId }, 'opens and clicks of a lead could not be recorded');
      later(DEFECT_PAUSE_MS);
    }
  }

  /** Looks again when what waits for its neighbors is due. `idle` waits for that; `close` leaves it to the next process. */
  function wakeLater(): void {
    track(pause(AFTER_WAIT_MS, signal).then(wake));
  }

  const look = setInterval(wake, LOOK_EVERY_MS);
  wake();

  return {
    wake,
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      clearInterval(look);
      closing.abort();
      await Promise.all(underWay);
    },
  };
}

function longer(ms: number): number {
  return Math.min(2 * ms, LONGEST_PAUSE_MS);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}
