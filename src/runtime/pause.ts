import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so many milliseconds, or until the signal comes. Does not fail. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
