/** Requests to end a program that has started other processes: Ctrl-C, SIGTERM or a closed terminal. */

/**
 * Aborted by the first of these signals. Further signals are ignored: a terminal sends Ctrl-C to the whole process group, and the
 * program's parent may pass it on, so it can arrive twice. If Node handled the second one, this program would end while it stops its
 * servers, and they would go on running.
 *
 * @param say called once, right before the abort
 */
export function onInterruption(say: () => void): AbortSignal {
  const interrupted = new AbortController();
  const onSignal = (): void => {
    if (interrupted.signal.aborted) return;
    say();
    interrupted.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return interrupted.signal;
}

/** Resolves when the program is asked to end. */
export function untilSignal(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
