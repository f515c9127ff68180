/** The wish to end a program that has started processes of its own: Ctrl-C, SIGTERM or a closed terminal. */

/**
 * Aborted by the first of these signals. Asking again does not hurry it, and must not: a terminal sends Ctrl-C to the whole group
 * and whoever started this program hands it on, so that it comes twice; were the second one left to Node, this program would end
 * in the middle of stopping its servers, and they would live on.
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
