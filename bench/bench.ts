/** What every benchmark works with, and what it answers. */
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import type { Stack } from '../src/stack/supervisor.ts';
import type { Reporter } from './children.ts';

export interface Bench {
  stack: Stack;
  /** The SMTP server that takes every message: `taken`, and `at`, when it took the last. */
  sink: Reporter;
  /** The engine's database, past the engine. */
  db: pg.Pool;
  temporal: Client;
  /** The Temporal server: its version, and what it keeps its store in. */
  server: { version: string; store: string };
  quick: boolean;
  /** Instead of the usual sizes: leads asleep of each stage of `step`, leads that step at once in `memory`, leads and events of `lists`. */
  sizes: {
    sleeping?: number[] | undefined;
    burst?: number | undefined;
    leads?: number | undefined;
    events?: number | undefined;
  };
  /** Distinct in each run: part of ids and addresses. */
  run: string;
  say: (line: string) => void;
}

/** A line of the table. Without a floor it is a figure by itself. */
export interface Row {
  what: string;
  engine: number;
  floor?: number;
  /** Of rates engine ÷ floor, of durations floor ÷ engine: 1 is as fast as the floor. */
  ratio?: number;
  unit: string;
  /** What the project wants of it, in words. */
  want?: string;
}

export interface Measured {
  rows: Row[];
  /** Everything that was measured, for `--json`. */
  details: unknown;
}

/** Connections of the benchmark's own; `close` lets go of them. */
export async function openBench(
  given: Pick<Bench, 'stack' | 'sink' | 'quick' | 'sizes' | 'say'>,
): Promise<Bench & { close(): Promise<void> }> {
  const { databaseUrl, temporal } = given.stack.config;
  const connection = await Connection.connect({ address: temporal.address });
  const { serverVersion, persistenceStore } = await connection.workflowService.getClusterInfo({});
  const db = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  // An idle connection that ends with the server is no failure of a run.
  db.on('error', () => {});
  return {
    ...given,
    db,
    temporal: new Client({ connection, namespace: temporal.namespace }),
    server: { version: serverVersion ?? '', store: persistenceStore ?? '' },
    run: Date.now().toString(36),
    close: async () => {
      await db.end();
      await connection.close();
    },
  };
}
