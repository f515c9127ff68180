import type { Logger } from 'pino';
import { repeat } from './repeat.ts';

/** Something that is looked at again and again. */
export interface Watch<T> {
  /** One look, now. */
  runNow(): Promise<T>;
  /** Finishes the current look, then ends. */
  close(): Promise<void>;
}

/** Looks every `everyMs`. A look that fails is logged with these words, and the next one comes all the same. */
export function watch<T>(
  runNow: () => Promise<T>,
  { everyMs, failed, log }: { everyMs: number; failed: string; log: Pick<Logger, 'warn'> },
): Watch<T> {
  const repetition = repeat(
    everyMs,
    async () => void (await runNow()),
    (error) => log.warn({ err: error }, failed),
  );
  return { runNow, close: () => repetition.close() };
}
