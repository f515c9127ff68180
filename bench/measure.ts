/** Measuring, for all benchmarks. */
import pLimit from 'p-limit';

/** Runs `work(0…count-1)` with this many callers; each takes the next number when it is done. */
export async function inParallel(count: number, callers: number, work: (n: number) => Promise<unknown>): Promise<void> {
  await pLimit(callers).map(Array.from({ length: count }).keys(), work);
}

/** The value at or below which this share of all values lies (nearest rank): 0.99 for p99. NaN when there are no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** Median of the ratios of pairs. The two of a pair were measured one right after the other, so a slower machine slows both. */
export function pairedRatio(values: readonly number[], floors: readonly number[]): number {
  return median(values.map((value, index) => value / (floors[index] ?? Number.NaN)));
}

/** Runs `work` and returns `count` divided by its seconds. */
export async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return (count * 1000) / (performance.now() - since);
}

/** Repeats the question until the answer is true. */
export async function until(what: string, timeoutMs: number, ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The same numbers for the same seed (a linear congruential generator of 31 bits): whole numbers below `below`. */
export function createDraw(seed: number): (below: number) => number {
  let state = seed % 2_147_483_647 || 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
