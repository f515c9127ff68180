/** A batch of leads, or of bare workflows, that has to sleep before the instant at which all of it falls due. */
import type { Bench } from './bench.ts';

const TRIES = 5;

/**
 * Measures a batch that falls due in `aheadMs`. How long a batch takes to fall asleep depends on what else the machine does: one that fell
 * due too early is not counted, and another one gets twice the time.
 * @param measure null: the batch fell due before all of it slept, and has done its step by now. `attempt` is for the tag of its leads
 */
export async function inTime<T>(
  { say }: Pick<Bench, 'say'>,
  aheadMs: number,
  measure: (dueAt: number, attempt: number) => Promise<T | null>,
): Promise<T> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const ms = aheadMs * 2 ** attempt;
    const measured = await measure(Date.now() + ms, attempt);
    if (measured !== null) return measured;
    say(
      `  a batch was not asleep after ${(ms / 1000).toFixed(0)} s, when it fell due: it is not counted, and another gets twice the time`,
    );
  }
  throw new Error(`No batch of ${TRIES} slept in time: this machine is too busy to measure steps`);
}
