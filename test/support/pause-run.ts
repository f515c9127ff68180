import { changeRun, type Run } from '../../src/store/bulk/runs.ts';
import type { Engine } from './engine.ts';
import { lockWaiters } from './lock-waiters.ts';
import { stopAt } from './stop-at.ts';

/**
 * Tells a run that nobody was told of, and pauses it while its first leads are under way: whoever pauses has the run before its next
 * leads, however busy the machine is.
 */
export async function pauseAfterFirst({ db, bulkRuns, until }: Engine, runId: string): Promise<Run> {
  using stop = stopAt('bulk.recorded', runId);
  bulkRuns.tell(runId);
  await stop.reached;
  // The next piece waits for the pause: who wakes late from waiting for a row may find that a newcomer has it.
  using next = stopAt('bulk.next', runId);
  const paused = changeRun(db, runId, 'paused', 'test');
  await until(
    () => lockWaiters(db),
    // A process may wait for one of the leads meanwhile.
    (waiters) => waiters.some(({ query }) => query.includes('bulk_runs')),
  );
  stop.go();
  const run = await paused;
  next.go();
  return run;
}
