/** Servers for tests: real ones, on free ports, in a folder that is removed afterwards, without safety against power cuts. */
import path from 'node:path';

import { embeddedDatabaseUrl } from '../runtime/embedded-database.ts';
import { startPostgres } from './postgres.ts';
import { findFreePorts } from './ports.ts';
import { SILENT, type Progress } from './progress.ts';
import { endOrphans } from './run-files.ts';
import { obtainTemporal } from './temporal-binaries.ts';
import { startTemporalServer } from './temporal-server.ts';

export interface TestPostgres {
  readonly port: number;
  databaseUrl(name: string): string;
  stop(): Promise<void>;
}

export interface TestServers extends TestPostgres {
  readonly temporalAddress: string;
}

/** Starts PostgreSQL under `dir` on a free port. The caller removes `dir` after `stop()`. */
export async function startTestPostgres(options: { dir: string }): Promise<TestPostgres> {
  const [port = 0] = await findFreePorts(1);
  const dataDir = path.resolve(options.dir);
  const server = await startPostgres({ dataDir, port, durable: false });
  // Tests make databases of their own.
  return {
    port,
    databaseUrl: (name) => embeddedDatabaseUrl(dataDir, port, name, 'postgres'),
    stop: () => server.stop(),
  };
}

/**
 * Starts PostgreSQL and Temporal under `dir` on free ports, and ends first what a killed run left there. The namespace
 * is up to the caller, see `prepareNamespace`. The caller removes `dir` after `stop()`.
 */
export async function startTestServers(options: { dir: string; progress?: Progress }): Promise<TestServers> {
  const dir = path.resolve(options.dir);
  await endOrphans(dir);
  const programs = obtainTemporal(options.progress ?? SILENT);
  // Awaited below. A failure must not count as unhandled before that.
  programs.catch(() => {});
  const postgres = await startTestPostgres({ dir });
  try {
    const [temporalPort = 0] = await findFreePorts(1);
    const temporal = await startTemporalServer({
      programs: await programs,
      dataDir: dir,
      port: temporalPort,
      uiPort: undefined,
      postgresPort: postgres.port,
    });
    return {
      ...postgres,
      temporalAddress: `127.0.0.1:${temporalPort}`,
      async stop() {
        await temporal.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
