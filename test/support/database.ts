/** A migrated database of its own for a test file. */
import { randomUUID } from 'node:crypto';

import pg from 'pg';
import { inject } from 'vitest';

const TEMPLATE_DATABASE = 'nurture_template';

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
  /** Removes the database, and ends what is still connected. */
  drop(): Promise<void>;
}

/** Copies the migrated template, which takes some tens of milliseconds. Call `drop()` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('databaseAdminUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(adminUrl, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE} STRATEGY FILE_COPY`),
  );
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const drop = (): Promise<void> =>
    administer(adminUrl, async (client) => {
      await letGo(client, name);
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    });
  return { url: url.href, name, drop, [Symbol.asyncDispose]: drop };
}

const LOOKS = 20;
const LOOK_EVERY_MS = 25;

/**
 * A pool that was ended has said goodbye, and the server may not have heard it. A connection that is cut off in this moment has an error
 * that nobody expects, which ends the run. So connections have a moment to go by themselves.
 */
async function letGo(client: pg.Client, name: string): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name]);
    if (rowCount === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function administer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
