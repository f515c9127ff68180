/** The floors that are bare workflows: their worker, and how they are started. */
import type { Bench } from './bench.ts';
import { startReporter } from './children.ts';
import { inParallel } from './measure.ts';

const PATIENCE_MS = 300_000;
const QUEUE = 'bench-floor';
const STARTERS = 40;

export interface FloorWorker {
  /** Activities done so far. */
  done(): number;
  /** Resolves when this many are done, with the time (epoch milliseconds) of the last. `fromMs`: none can be done earlier. */
  reaches(done: number, fromMs?: number): Promise<number>;
  start(name: 'floor' | 'floorStep' | 'floorBell', tag: string, count: number, args: unknown[]): Promise<void>;
  /** Starts a process that runs an activity for each bell, rings it, and returns how long that took. */
  startBell(): Promise<() => Promise<number>>;
  stop(): void;
}

export async function startFloorWorker(bench: Pick<Bench, 'stack' | 'temporal' | 'run'>): Promise<FloorWorker> {
  const { temporal } = bench.stack.config;
  const worker = startReporter('./floor-worker.ts', {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  });
  await worker.reaches('ready', 1, 60_000);
  const done = (): number => worker.value('done');
  const reaches = async (count: number, fromMs = 0): Promise<number> => {
    await worker.reaches('done', count, Math.max(0, fromMs - Date.now()) + PATIENCE_MS);
    return worker.value('at');
  };
  return {
    done,
    reaches,
    start: (name, tag, count, args) =>
      inParallel(count, STARTERS, (n) =>
        bench.temporal.workflow.start(name, { workflowId: `${name}-${bench.run}-${tag}-${n}`, taskQueue: QUEUE, args }),
      ),
    startBell: async () => {
      const bell = await bench.temporal.workflow.start('floorBell', {
        workflowId: `floorBell-${bench.run}-${Date.now()}`,
        taskQueue: QUEUE,
      });
      return async () => {
        const next = done() + 1;
        const since = Date.now();
        await bell.signal('ring');
        return (await reaches(next)) - since;
      };
    },
    stop: () => worker.stop(),
  };
}
