import type { Logger } from 'pino';
import { repeat } from './repeat.ts';

export interface RowWatch {
  /** Starts the process of a row, or tells it that its row was changed. Never waits, never fails: the watch tells it again. */
  tell(id: string): void;
  close(): Promise<void>;
}

interface Options {
  /** What the rows are called in the log. */
  what: string;
  /** Rows that should work and did nothing for so long. */
  idle(forMs: number): Promise<string[]>;
  /** Starts or rings the process of a row. */
  start(id: string): Promise<void>;
  log: Logger;
  everyMs?: number;
  /** A process that works writes its row far more often. */
  idleMs?: number;
}

const EVERY_MS = 15_000;
const IDLE_MS = 45_000;

/**
 * Tells processes what their rows say. A look at the rows finds those whose process a crash kept from being started, that was terminated, or
 * that was not told.
 */
export function watchRows({ what, idle, start, log, everyMs = EVERY_MS, idleMs = IDLE_MS }: Options): RowWatch {
  const underWay = new Set<Promise<void>>();

  function tell(id: string): void {
    const told = start(id)
      .catch((error: unknown) => log.warn({ err: error, id }, `a ${what} could not be told; it is told again`))
      .finally(() => underWay.delete(told));
    underWay.add(told);
  }

  const looks = repeat(
    everyMs,
    async () => {
      for (const id of await idle(idleMs)) tell(id);
    },
    (error) => log.warn({ err: error }, `could not look for a ${what} that stands still`),
  );
  return {
    tell,
    async close() {
      await looks.close();
      await Promise.allSettled(underWay);
    },
  };
}
