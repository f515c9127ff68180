/** How a process of the product (the API or the worker) prepares, runs and ends in order. */
import type { Config } from './config.ts';

export interface Running {
  close(): Promise<void>;
}

/** What differs from one process to the other. */
export interface ProcessParts {
  /** Brings the servers to the state this version needs. */
  prepare(config: Config): Promise<unknown>;
  start(config: Config): Promise<Running>;
}

/**
 * Starts the process and resolves when it has ended in order: on SIGINT, on SIGTERM, or when its supervisor is gone.
 * A supervisor has prepared the servers already; it is sent `ready` when the process runs.
 */
export async function runProcess(config: Config, { prepare, start }: ProcessParts): Promise<void> {
  const supervised = process.env['NURTURE_SUPERVISED'] === '1' && process.send !== undefined;
  const ended = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => resolve());
    if (supervised) process.on('disconnect', () => resolve());
  });
  if (!supervised) await prepare(config);
  const running = await start(config);
  if (supervised && process.connected) process.send?.('ready');
  await ended;
  await running.close();
}
