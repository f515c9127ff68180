/** Work that is done again and again, one run after the other. */
export interface Repetition {
  /** Whether `close` was called: a long run ends early then. */
  readonly isClosing: boolean;
  /** Begins no further run, and waits for the one under way. */
  close(): Promise<void>;
}

/**
 * Does the work after `everyMs`, and again so long after each run has ended. A run that fails is told to `failed`, and the next one
 * begins all the same.
 */
export function repeat(everyMs: number, work: () => Promise<void>, failed: (error: unknown) => void): Repetition {
  let isClosing = false;
  let running: Promise<void> | undefined;
  let timer = setTimeout(tick, everyMs);

  function tick(): void {
    running = runAndGoOn();
  }

  async function runAndGoOn(): Promise<void> {
    try {
      await work();
    } catch (error) {
      failed(error);
    }
    if (!isClosing) timer = setTimeout(tick, everyMs);
  }

  return {
    get isClosing() {
      return isClosing;
    },
    async close() {
      isClosing = true;
      clearTimeout(timer);
      await running;
    },
  };
}
