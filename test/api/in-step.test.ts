import { expect, test } from 'vitest';
import { inStep } from '../../src/api/in-step.ts';

/** A stopwatch that goes only where it is told to. */
function stopwatch() {
  let at = 1_000.25;
  return {
    now: () => at,
    wait: async (ms: number) => void (at += ms),
    take: async (ms: number) => void (at += ms),
    since: () => at - 1_000.25,
  };
}

test.each([
  [6.5, 200],
  [7.4, 200],
  [199.9, 200],
  [200.1, 400],
  [530, 600],
])('work of %f ms is answered after %i ms, to the millisecond', async (tookMs, afterMs) => {
  for (const fails of [false, true]) {
    const watch = stopwatch();
    const work = async () => {
      await watch.take(tookMs);
      if (fails) throw new Error('refused');
      return 'done';
    };
    const answer = inStep(work, watch);
    await (fails ? expect(answer).rejects.toThrow('refused') : expect(answer).resolves.toBe('done'));
    expect(watch.since()).toBeGreaterThanOrEqual(afterMs);
    expect(watch.since()).toBeLessThan(afterMs + 1);
  }
});
