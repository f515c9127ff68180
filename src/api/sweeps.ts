import type { Db } from '../store/db.ts';
import { sweepIdempotency } from '../store/access/idempotency.ts';
import type { Logger } from '../runtime/log.ts';

const EVERY_MS = 10 * 60_000;

/** Deletes what has outlived its time. Returns how to stop. */
export function startSweeps(db: Db, log: Logger): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const stopping = new AbortController();
  const timer = setInterval(() => {
    running = sweepIdempotency(db, new Date(), stopping.signal).then(
      (count) => log.debug({ count }, 'old Idempotency-Keys were deleted'),
      (error: unknown) => log.warn({ err: error }, 'old Idempotency-Keys could not be deleted'),
    );
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await running;
  };
}
