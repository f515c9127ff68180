import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { outageOf } from '../runtime/outage.ts';
import type { Db } from '../store/db.ts';
import { inTransaction } from '../store/process/picture.ts';
import { keepSynced, lockNewsletter, newslettersToSync } from '../store/newsletters/newsletters.ts';
import { nextTimes, syncSchedule } from '../temporal/newsletter-schedules.ts';
import { repeat } from './repeat.ts';

export interface NewsletterWatch {
  /** One pass, now: every schedule is as its row says, and those that Temporal has lost are made anew. */
  runNow(): Promise<void>;
  /** A row was changed. Never waits, never fails: the next look finds it too. */
  tell(newsletter: string): void;
  /** The next times of its schedule; null when Temporal does not answer. */
  times(newsletter: string): Promise<Date[] | null>;
  close(): Promise<void>;
}

interface Options {
  db: Db;
  client: Client;
  taskQueue: string;
  log: Logger;
  everyMs?: number;
}

/** Rows that are published are found so soon. */
const EVERY_MS = 5_000;
/** So many looks apart, all schedules are compared: Temporal may have lost one. The first look is one of these. */
const ALL_EVERY = 120;

/**
 * Keeps the Temporal Schedules of newsletters as the rows say: a crash between the publishing and Temporal, or a Temporal that was restored
 * or set up anew, costs a look and nothing else.
 */
export function createNewsletterWatch({ db, client, taskQueue, log, everyMs = EVERY_MS }: Options): NewsletterWatch {
  const underWay = new Set<Promise<void>>();
  let looks = 0;

  /** Under the lock of the row: of two processes the later one finds what the first has done, and an older wish never comes last. */
  async function sync(key: string): Promise<void> {
    await inTransaction(db, async (tx) => {
      const row = await lockNewsletter(tx, key);
      if (row === null) return;
      const wanted = { newsletter: key, schedule: row.schedule, isPaused: row.pausedAt !== null };
      const error = await syncSchedule(client, taskQueue, wanted).then(
        () => null,
        (reason: unknown) => {
          if (outageOf(reason) !== null) throw reason;
          return reason instanceof Error ? reason.message : 'Temporal did not take it';
        },
      );
      if (error !== null) log.warn({ newsletter: key, error }, 'Temporal did not take the schedule of a newsletter');
      if (error !== row.syncError || row.synced < row.wanted) await keepSynced(tx, row, error);
    });
  }

  async function pass(all: boolean): Promise<void> {
    for (const key of await newslettersToSync(db, all)) await sync(key);
  }

  const repetition = repeat(
    everyMs,
    async () => {
      await pass(looks % ALL_EVERY === 0);
      looks += 1;
    },
    (error) => log.warn({ err: error }, 'the schedules of newsletters could not be compared; it is tried again'),
  );
  return {
    runNow: () => pass(true),
    tell(key) {
      const told = sync(key)
        .catch((error: unknown) => log.warn({ err: error }, 'a schedule could not be told; it is told again'))
        .finally(() => underWay.delete(told));
      underWay.add(told);
    },
    times: (key) => nextTimes(client, taskQueue, key).catch(() => null),
    async close() {
      await repetition.close();
      await Promise.allSettled(underWay);
    },
  };
}
