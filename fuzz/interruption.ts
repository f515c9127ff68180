/** Ctrl-C, SIGTERM and a closed terminal: servers outlive who started them, so a run that is to end stops them first. */

/** Aborted when the run is asked to end. Asking again does not hurry it: each part has its own time limit. */
export function whenInterrupted(): AbortSignal {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!interruption.signal.aborted) console.error('Stopping …');
      interruption.abort();
    });
  }
  return interruption.signal;
}

/** Waits for work that may be left where it is when the run is to end. @throws the signal's reason then */
export function unlessInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const interrupted = new Promise<never>((_resolve, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  return Promise.race([work, interrupted]);
}
