/** The embedded PostgreSQL: one cluster under DATA_DIR, kept from run to run. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import pg from 'pg';

import { AppError } from '../domain/errors.ts';
import { embeddedDatabaseUrl, makePasswords } from '../runtime/embedded-database.ts';
import { startChild, type Child } from './child.ts';
import { endProcess, inspectProcess, isIdTaken } from './process-identity.ts';
import { clusterPlace, reachablePrograms } from './postgres-places.ts';
import { prepareRoles } from './postgres-roles.ts';
import { postgresPrograms, type PostgresPrograms } from './postgres-programs.ts';
import { postgresUser } from './postgres-user.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  dataDir: string;
  port: number;
  /** False loses data on a power cut or kill: for tests alone. */
  durable: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Starts PostgreSQL and resolves when it answers queries. A missing cluster is created first. A server that an earlier run left
 * running on the same cluster is stopped in order first, so that nothing it acknowledged is lost.
 *
 * @throws AppError STACK_FAILED
 */
export async function startPostgres(options: PostgresOptions): Promise<Child> {
  await mkdir(options.dataDir, { recursive: true });
  if (process.getuid?.() === 0) await letPass(options.dataDir);
  const user = await postgresUser();
  const programs = await reachablePrograms(await postgresPrograms(), user);
  const clusterDir = await clusterPlace(path.resolve(options.dataDir), user);
  const passwords = makePasswords(options.dataDir);
  if (!(await exists(path.join(clusterDir, 'PG_VERSION')))) {
    await makeCluster(clusterDir, passwords.postgres, programs, user);
  }
  await endStalePostmaster(clusterDir);
  const server = await startChild({
    name: 'postgres',
    command: programs.postgres,
    args: ['-D', clusterDir, '-p', String(options.port), ...settings(options.durable)],
    dataDir: options.dataDir,
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    ...(user === undefined ? {} : { user }),
    ready: () => answers(options.dataDir, options.port),
    signal: options.signal,
    // "Fast shutdown": it ends open connections, instead of waiting for them as on SIGTERM.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 20_000,
  });
  try {
    await prepareRoles(options.dataDir, options.port);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** Lets another user pass through the folder, not list it: the cluster in it belongs to the user of PostgreSQL. */
async function letPass(dir: string): Promise<void> {
  const { mode } = await stat(dir);
  if ((mode & 0o011) !== 0o011) await chmod(dir, (mode & 0o777) | 0o011);
}

function settings(durable: boolean): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    // With less, and with a checkpoint every few hundred megabytes, events slow down as the tables grow (docs/performance.md).
    shared_buffers: '512MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    timezone: 'UTC',
    log_min_messages: 'warning',
    // An acknowledged event survives when every process is killed (kill -9).
    synchronous_commit: durable ? 'on' : 'off',
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    ...(durable ? {} : { autovacuum_naptime: '10min' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Creates the cluster beside its place and moves it there, so that an interrupted first start leaves no half-made cluster. */
async function makeCluster(
  clusterDir: string,
  password: string,
  programs: PostgresPrograms,
  user: { uid: number; gid: number } | undefined,
): Promise<void> {
  const draft = await mkdtemp(`${clusterDir}-new-`);
  const passwordFile = path.join(draft, 'password');
  const cluster = path.join(draft, 'cluster');
  try {
    await mkdir(cluster);
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (user !== undefined) for (const entry of [draft, cluster, passwordFile]) await chown(entry, user.uid, user.gid);
    await run(
      programs.initdb,
      [
        `--pgdata=${cluster}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
      ],
      { ...user, cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C' } },
    );
    await rename(cluster, clusterDir);
  } catch (cause) {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    const reason = output.trim().split('\n').slice(-3).join(' ');
    throw new AppError('STACK_FAILED', `The PostgreSQL cluster in ${clusterDir} could not be made: ${reason}`, {
      cause,
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Ends a server that still runs on this cluster, and removes a lock file that no server holds. */
async function endStalePostmaster(clusterDir: string): Promise<void> {
  const lockFile = path.join(clusterDir, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(lockFile, 'utf8').catch(() => ''), 10);
  const found = await inspectProcess(pid);
  if (found?.commandLine.includes('postgres') === true && found.commandLine.includes(clusterDir)) {
    await endProcess(found, { signal: 'SIGINT', timeoutMs: 20_000 });
  }
  // The id belongs to an unrelated process by now, or to a killed server that is a zombie (as in a container without an init).
  // PostgreSQL would take either for a running server. PostgreSQL itself finds server processes that outlive a killed one, by
  // their shared memory.
  if (isIdTaken(pid)) await rm(lockFile, { force: true });
}

/** Whether it accepts connections. A refused password counts as yes: a cluster of an earlier version has other passwords. */
async function answers(dataDir: string, port: number): Promise<boolean> {
  const client = new pg.Client({
    connectionString: embeddedDatabaseUrl(dataDir, port, 'postgres', 'postgres'),
    connectionTimeoutMillis: 2_000,
  });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '28P01') return true;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
