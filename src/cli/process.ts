/** The life of one process of the product, the API or the worker: prepare, run, end in order. */
import type { Config } from '../runtime/config.ts';
import { prepareAll } from './prepare.ts';

export interface Running {
  close(): Promise<void>;
}

/**
 * Starts it and resolves when it has ended in order: on SIGINT, SIGTERM, or when its supervisor is gone. Under a
 * supervisor, which has prepared the servers, it says when it is ready.
 */
export async function runProcess(config: Config, start: (config: Config) => Promise<Running>): Promise<void> {
  const supervised = process.env['NURTURE_SUPERVISED'] === '1' && process.send !== undefined;
  const ended = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => resolve());
    if (supervised) process.on('disconnect', () => resolve());
  });
  if (!supervised) await prepareAll(config);
  const running = await start(config);
  if (supervised && process.connected) process.send?.('ready');
  await ended;
  await running.close();
}
