/** Runs a command that needs PostgreSQL and Temporal, and nothing else of the stack. */
import type { Config } from '../runtime/config.ts';
import { onInterruption } from '../stack/interruption.ts';
import { createProgress } from '../stack/progress.ts';
import { findSupervisor } from '../stack/run-files.ts';
import { startStack } from '../stack/supervisor.ts';

/**
 * Uses the servers that the configuration names, or those of a stack that is running. Otherwise starts the embedded ones for this
 * command, and stops them afterwards. Ctrl-C, SIGTERM or a closed terminal abort `signal`.
 *
 * @throws AppError STACK_FAILED, UNAVAILABLE; AbortError when it was interrupted
 */
export async function withServers<T>(
  given: Config,
  work: (config: Config, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const progress = createProgress(process.stderr);
  const signal = onInterruption(() => progress.say('\nStopping …'));
  // Nothing of what such a command does is mailed.
  const config = { ...given, embedded: { ...given.embedded, mail: false } };
  const { postgres, temporal } = config.embedded;
  if (!(postgres || temporal) || (await findSupervisor(config.dataDir)) !== undefined) return work(config, signal);
  const stack = await startStack(config, { progress, signal, entry: false });
  try {
    return await work(stack.config, signal);
  } finally {
    await stack.stop();
  }
}
