import pg from 'pg';
import { RULES_CHANNEL } from './channel.ts';

/** Waits before a lost connection is opened again, in milliseconds: doubled each time up to the longest. */
const RECONNECT_MS = 500;
const LONGEST_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * Calls `heard` when a playbook revision was announced, and each time it begins to listen (again), as whatever was announced
 * before is lost then. Has one connection of its own, and opens it again for as long as it takes. Returns how to stop.
 */
export function listenForRules(databaseUrl: string, heard: () => void): () => Promise<void> {
  let client: pg.Client | null = null;
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;
  let waitMs = RECONNECT_MS;

  function connect(): void {
    const mine = new pg.Client({
      connectionString: databaseUrl,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      application_name: 'nurture-engine rules',
    });
    client = mine;
    let isLost = false;
    const lost = (): void => {
      if (isLost) return;
      isLost = true;
      void mine.end().catch(() => {});
      if (isClosed) return;
      again = setTimeout(connect, waitMs);
      again.unref();
      waitMs = Math.min(waitMs * 2, LONGEST_MS);
    };
    mine.on('error', lost);
    mine.on('end', lost);
    mine.on('notification', heard);
    begin(mine).then(() => {
      waitMs = RECONNECT_MS;
      if (!isClosed) heard();
    }, lost);
  }

  connect();
  return async () => {
    isClosed = true;
    clearTimeout(again);
    await client?.end().catch(() => {});
  };
}

async function begin(client: pg.Client): Promise<void> {
  await client.connect();
  await client.query(`LISTEN ${RULES_CHANNEL}`);
}
