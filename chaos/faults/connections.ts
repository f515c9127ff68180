import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ChaosStack } from '../stack.ts';

const AT_ONCE = 20;
const AT_MOST = 400;

/** Takes every connection that PostgreSQL has, those that the product and Temporal hold as well, and keeps them for a while. */
export async function takeConnections(stack: ChaosStack, forMs: number): Promise<string> {
  const taken: pg.Client[] = [];
  const deadline = Date.now() + forMs;
  try {
    await fill(stack, taken);
    // Whoever loses its connection wants another one, and there is none.
    await taken[0]
      ?.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name <> 'chaos' AND backend_type = 'client backend'",
      )
      .catch(() => {});
    await fill(stack, taken);
    await sleep(Math.max(0, deadline - Date.now()));
    return `all connections of PostgreSQL were taken (${taken.length})`;
  } finally {
    await Promise.all(taken.map((client) => client.end().catch(() => {})));
  }
}

/** Until one is refused. */
async function fill(stack: ChaosStack, taken: pg.Client[]): Promise<void> {
  for (let full = false; !full && taken.length < AT_MOST;) {
    const tried = await Promise.all(Array.from({ length: AT_ONCE }, () => connect(stack)));
    taken.push(...tried.filter((client) => client !== null));
    full = tried.includes(null);
  }
}

async function connect(stack: ChaosStack): Promise<pg.Client | null> {
  const client = new pg.Client({
    connectionString: stack.config.databaseUrl,
    application_name: 'chaos',
    connectionTimeoutMillis: 5_000,
  });
  // The server may be killed meanwhile.
  client.on('error', () => {});
  return client.connect().then(
    () => client,
    () => null,
  );
}
