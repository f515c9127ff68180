import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { adminUrlOf } from '../admin-url.ts';
import type { ChaosStack } from '../stack.ts';
import type { Strike } from './strike.ts';

const AT_ONCE = 20;
const AT_MOST = 400;
/** PostgreSQL's error code for: no connection left. */
const TOO_MANY = '53300';

/** Takes every connection of PostgreSQL, also those of the product and of Temporal, and keeps them for a while. */
export async function takeConnections(stack: ChaosStack, forMs: number): Promise<Strike> {
  const taken: pg.Client[] = [];
  const deadline = Date.now() + forMs;
  try {
    const isFull = await fill(stack, taken);
    // A process that loses its connection asks for another one, and there is none.
    await taken[0]
      ?.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name <> 'chaos' AND backend_type = 'client backend'",
      )
      .catch(() => {});
    const isFullAgain = await fill(stack, taken);
    await sleep(Math.max(0, deadline - Date.now()));
    const struck = isFull || isFullAgain;
    return { struck, what: `${struck ? 'all' : 'not all'} connections of PostgreSQL were taken (${taken.length})` };
  } finally {
    await Promise.all(taken.map((client) => client.end().catch(() => {})));
  }
}

/** Opens connections until one is refused. True if none was left, false if PostgreSQL was down. */
async function fill(stack: ChaosStack, taken: pg.Client[]): Promise<boolean> {
  while (taken.length < AT_MOST) {
    const tried = await Promise.all(Array.from({ length: AT_ONCE }, () => connect(stack)));
    taken.push(...tried.filter((one) => one instanceof pg.Client));
    const refusals = tried.filter((one) => !(one instanceof pg.Client));
    if (refusals.length > 0) return refusals.includes(TOO_MANY);
  }
  return false;
}

/** The code of the refusal, if it came from PostgreSQL. */
async function connect(stack: ChaosStack): Promise<pg.Client | string | undefined> {
  const client = new pg.Client({
    connectionString: adminUrlOf(stack.config),
    application_name: 'chaos',
    connectionTimeoutMillis: 5_000,
  });
  // The server may have been killed meanwhile.
  client.on('error', () => {});
  return client.connect().then(
    () => client,
    (error: unknown) => (error instanceof pg.DatabaseError ? error.code : undefined),
  );
}
