/** A backup of the product's database only, as a copy on the same server. Temporal's databases stay as they are. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { adminUrlOf } from './admin-url.ts';
import { APIS, WORKERS } from './plan.ts';
import type { ChaosStack } from './stack.ts';

const COPY = 'backup';

/** The URL of the copy. */
export function backupUrl(stack: ChaosStack): string {
  return urlOf(stack, COPY);
}

function urlOf({ config }: ChaosStack, database: string): string {
  const url = new URL(config.databaseUrl);
  url.pathname = `/${database}`;
  return url.href;
}

function nameOf({ config }: ChaosStack): string {
  return new URL(config.databaseUrl).pathname.slice(1);
}

async function asAdmin(stack: ChaosStack, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrlOf(stack.config), application_name: 'chaos' });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The product is stopped while this runs: PostgreSQL copies a database only when nobody uses it. */
export async function takeBackup(stack: ChaosStack): Promise<void> {
  const pids = [...WORKERS, ...APIS].flatMap((name) => stack.pid(name) ?? []);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    await asAdmin(stack, async (client) => {
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [nameOf(stack)]);
      await sleep(200);
      await client.query(`CREATE DATABASE ${COPY} TEMPLATE ${nameOf(stack)} OWNER nurture`);
    });
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

/** Replaces the database by its backup. */
export async function putBack(stack: ChaosStack): Promise<void> {
  await asAdmin(stack, async (client) => {
    await client.query(`DROP DATABASE ${nameOf(stack)} WITH (FORCE)`);
    await client.query(`ALTER DATABASE ${COPY} RENAME TO ${nameOf(stack)}`);
  });
}
