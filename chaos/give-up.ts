/** The end of the load. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosClient } from './client.ts';

/** The answer to a command may take this long, with at least one repeat in between. */
const LAST_WHILE_MS = 120_000;

/**
 * Resolves when every client has ended and its last request is on record. Requests under way get a last while to be answered;
 * after that the client gives up on them.
 */
export async function giveUp(client: ChaosClient, ...ending: readonly Promise<void>[]): Promise<void> {
  const ended = Promise.all(ending);
  await Promise.race([ended, sleep(LAST_WHILE_MS, undefined, { ref: false })]);
  client.giveUp();
  await ended;
}
