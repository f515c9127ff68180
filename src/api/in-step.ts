/** How the answer to a public form says nothing by the time it takes. */

/**
 * Most forms are answered in less, also on a machine under load: whether the person is known makes a difference of about a millisecond,
 * and of ten under load. With 50 ms an unknown person was over the first step more often.
 */
const STEP_MS = 200;

export interface Stopwatch {
  /** Milliseconds from any moment on, with fractions. */
  now(): number;
  wait(ms: number): Promise<void>;
}

const STOPWATCH: Stopwatch = {
  now: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Answers, or fails, when a whole number of steps is over since it began: work that takes a little longer ends at the same time. Waits
 * after the work, with nothing held.
 */
export async function inStep<T>(work: () => Promise<T>, { now, wait }: Stopwatch = STOPWATCH): Promise<T> {
  const begun = now();
  try {
    return await work();
  } finally {
    const tookMs = now() - begun;
    await wait(Math.ceil(Math.max(1, Math.ceil(tookMs / STEP_MS)) * STEP_MS - tookMs));
  }
}
