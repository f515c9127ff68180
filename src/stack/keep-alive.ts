/** Keeps one process of the stack running: a process that dies is started again, with increasing delays. */
import { pause } from '../runtime/pause.ts';
import type { Child } from './child.ts';

export interface KeptProcess {
  readonly name: string;
  /** The running process; undefined between its death and the next start. */
  current(): Child | undefined;
  /** Ends the process and does not start it again. */
  stop(): Promise<void>;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** After a process has run this long, the next restart uses the first delay again. */
const HEALTHY_AFTER_MS = 60_000;

/**
 * Starts a process and keeps it running until `stop()`. The first start must succeed; later starts are tried without limit.
 *
 * @param say called with one line for each death and each restart
 * @param giveUp ends the wait for the first start
 * @throws what `start` throws, for the first start only
 */
export async function keepAlive(
  name: string,
  start: (signal: AbortSignal) => Promise<Child>,
  say: (text: string) => void,
  giveUp?: AbortSignal,
): Promise<KeptProcess> {
  const stopped = new AbortController();
  const signal = giveUp === undefined ? stopped.signal : AbortSignal.any([stopped.signal, giveUp]);
  let child: Child | undefined = await start(signal);

  const watch = async (): Promise<void> => {
    let delayMs = FIRST_DELAY_MS;
    for (;;) {
      if (child !== undefined) {
        const since = Date.now();
        const how = await child.ended;
        child = undefined;
        if (stopped.signal.aborted) return;
        if (Date.now() - since > HEALTHY_AFTER_MS) delayMs = FIRST_DELAY_MS;
        say(`${name} ended (${how}); starting it again in ${(delayMs / 1000).toFixed(1)} s.`);
      }
      await pause(delayMs, stopped.signal);
      if (stopped.signal.aborted) return;
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
      try {
        child = await start(stopped.signal);
        say(`${name} is back.`);
        if (stopped.signal.aborted) await child.stop();
      } catch (error) {
        if (stopped.signal.aborted) return;
        say(`${name} did not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  const watching = watch();

  return {
    name,
    current: () => child,
    async stop() {
      stopped.abort();
      await child?.stop();
      await watching;
    },
  };
}
