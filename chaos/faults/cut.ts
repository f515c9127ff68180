import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { adminUrlOf } from '../admin-url.ts';
import type { ChaosStack } from '../stack.ts';
import type { Strike } from './strike.ts';

const EVERY_MS = 50;

/** Ends the product's connections again and again, like an unstable proxy: for longer than an activity is retried on a defect. */
export async function cutConnections(stack: ChaosStack, forMs: number): Promise<Strike> {
  const deadline = Date.now() + forMs;
  let cut = 0;
  while (Date.now() < deadline) {
    const client = new pg.Client({ connectionString: adminUrlOf(stack.config), application_name: 'chaos' });
    client.on('error', () => {});
    try {
      await client.connect();
      while (Date.now() < deadline) {
        const { rowCount } = await client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nurture-engine'",
        );
        cut += rowCount ?? 0;
        await sleep(EVERY_MS);
      }
    } catch {
      // PostgreSQL itself may have been killed meanwhile.
      await sleep(EVERY_MS);
    } finally {
      await client.end().catch(() => {});
    }
  }
  return { struck: cut > 0, what: `${cut} connections were cut in ${forMs / 1000} s` };
}
