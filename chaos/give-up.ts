/** The end of the load. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosClient } from './client.ts';

/** A command may take this long to be answered, and is repeated at least once meanwhile. */
const LAST_WHILE_MS = 30_000;

/**
 * Resolves when everybody has ended, and what they asked for last is on record: what is under way has a last while to be answered, and
 * on the rest it is given up.
 */
export async function giveUp(client: ChaosClient, ...ending: readonly Promise<void>[]): Promise<void> {
  const ended = Promise.all(ending);
  await Promise.race([ended, sleep(LAST_WHILE_MS, undefined, { ref: false })]);
  client.giveUp();
  await ended;
}
