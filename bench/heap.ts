/** What is in use of this process's heap. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds. */
const EVERY_MS = 2_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The most that is in use while it works. What is not in use any more is collected before each look. */
export async function withHeap<T>(work: () => Promise<T>): Promise<T & { heapMiB: number }> {
  let most = 0;
  const look = (): void => {
    collect();
    most = Math.max(most, process.memoryUsage().heapUsed);
  };
  const watch = setInterval(look, EVERY_MS);
  try {
    const done = await work();
    look();
    return { ...done, heapMiB: most / 1_048_576 };
  } finally {
    clearInterval(watch);
  }
}
