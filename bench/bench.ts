/** The arguments and the result of every benchmark. */
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import type { Config } from '../src/runtime/config.ts';
import { embeddedDatabaseUrl } from '../src/runtime/embedded-database.ts';
import type { Stack } from '../src/stack/supervisor.ts';
import type { Reporter } from './children.ts';

export interface Bench {
  stack: Stack;
  /** The SMTP server that accepts every message. It reports `taken`, and `at`: when it took the last. */
  sink: Reporter;
  /** A direct connection to the engine's database. */
  db: pg.Pool;
  /** The same as the server's superuser: reads the size of every database, and changes settings. */
  admin: pg.Pool;
  temporal: Client;
  /** The Temporal server: its version and the kind of its store. */
  server: { version: string; store: string };
  quick: boolean;
  /** Instead of the usual sizes: leads asleep of each stage of `step`, leads that step at once in `memory`, leads and events of `lists`, mails of a round of `broadcast`, leads of `crowd`. */
  sizes: {
    sleeping?: number[] | undefined;
    burst?: number | undefined;
    leads?: number | undefined;
    events?: number | undefined;
    mails?: number | undefined;
    recipients?: number | undefined;
  };
  /** Different in each run; a part of ids and addresses. */
  run: string;
  say: (line: string) => void;
}

/** A row of the table. Without a floor it is an absolute figure. */
export interface Row {
  what: string;
  engine: number;
  floor?: number;
  /** For rates engine ÷ floor, for durations floor ÷ engine. 1 is as fast as the floor. */
  ratio?: number;
  unit: string;
  /** The project's goal for this figure, in words. */
  want?: string;
}

export interface Measured {
  rows: Row[];
  /** Everything that was measured, for `--json`. */
  details: unknown;
}

/** The embedded server has a superuser, who may also read the size of Temporal's databases. */
function adminUrlOf({ embedded, databaseUrl, dataDir, stack }: Config): string {
  return embedded.postgres ? embeddedDatabaseUrl(dataDir, stack.postgresPort, 'nurture', 'postgres') : databaseUrl;
}

/**
 * Connections to a server that may end at any moment. The query that runs then says so. The error that the connection itself emits, idle or
 * in use, would end this process before it has stopped its servers.
 */
export function poolOf(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** The benchmark's own connections. `close` closes them. */
export async function openBench(
  given: Pick<Bench, 'stack' | 'sink' | 'quick' | 'sizes' | 'say'>,
): Promise<Bench & { close(): Promise<void> }> {
  const { config } = given.stack;
  const { temporal } = config;
  const connection = await Connection.connect({ address: temporal.address });
  const { serverVersion, persistenceStore } = await connection.workflowService.getClusterInfo({});
  const db = poolOf(config.databaseUrl, 4);
  const admin = poolOf(adminUrlOf(config), 2);
  return {
    ...given,
    db,
    admin,
    temporal: new Client({ connection, namespace: temporal.namespace }),
    server: { version: serverVersion ?? '', store: persistenceStore ?? '' },
    run: Date.now().toString(36),
    close: async () => {
      await db.end();
      await admin.end();
      await connection.close();
    },
  };
}
