/** Connections that the server ends as soon as they are there: queries fail, and the process lives. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDb, createDb, type Db, type Tx } from '../../src/store/db.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, { max: 5 });
});
afterAll(async () => {
  await closeDb(db);
  await database?.drop();
});

/** In the server, so that it goes on while this process is busy. */
const CUT = `DO $$ BEGIN
  FOR i IN 1..200 LOOP
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'nurture-engine' AND datname = current_database();
    PERFORM pg_sleep(0.003);
  END LOOP;
END $$`;

/** For three times at least, and until as many connections as that have answered; a busy machine needs longer. */
async function cutForLong(server: pg.Client, isEnough: () => boolean): Promise<void> {
  for (let n = 0; n < 3 || (!isEnough() && n < 100); n += 1) await server.query(CUT);
}

async function pidOf(tx: Tx): Promise<number> {
  const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  return own?.pid ?? 0;
}

/** So busy that what the server said meanwhile, "ready" and "ended", is read in one piece. */
function busyFor(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('nothing of it is left without a listener', async () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', note);
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  /** Of the connections that answered: the pool has five, so more than that were made anew. */
  const pids = new Set<number>();
  try {
    const over = new AbortController();
    const cutting = cutForLong(other, () => pids.size > 5);
    void cutting.finally(() => over.abort());
    while (!over.signal.aborted) {
      const queries = Promise.allSettled(
        Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? pidOf(db) : db.$transaction(pidOf))),
      );
      await new Promise((resolve) => setTimeout(resolve, 1));
      busyFor(8);
      for (const result of await queries) {
        if (result.status === 'fulfilled') pids.add(result.value);
      }
    }
    await cutting;
  } finally {
    await other.end();
    process.off('uncaughtException', note);
    for (const listener of before) process.on('uncaughtException', listener);
  }
  expect(pids.size).toBeGreaterThan(5);
  expect(uncaught).toEqual([]);
  // One that was ended last may still lie in the pool.
  await expect.poll(() => db.lead.count().catch(() => -1)).toBe(0);
});
