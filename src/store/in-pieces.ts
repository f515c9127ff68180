/** So many rows go by one statement: a whole day's would exceed the statement time-out again and again. */
const AT_ONCE = 5_000;

/**
 * Sweeps piece by piece until none is left or `signal` says to stop. Returns how many rows went.
 * @param sweep Deletes at most so many rows, and answers how many it deleted.
 */
export async function inPieces(sweep: (atMost: number) => Promise<number>, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for (;;) {
    const swept = await sweep(AT_ONCE);
    count += swept;
    if (swept < AT_ONCE || signal?.aborted === true) return count;
  }
}
