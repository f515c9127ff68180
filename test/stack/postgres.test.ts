/** The embedded PostgreSQL and the lock file that a killed server leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { embeddedDatabaseUrl, makePasswords } from '../../src/runtime/embedded-database.ts';
import { findFreePorts } from '../../src/stack/ports.ts';
import { startPostgres } from '../../src/stack/postgres.ts';
import { postgresUser } from '../../src/stack/postgres-user.ts';
import { inspectProcess, isIdTaken } from '../../src/stack/process-identity.ts';

let dataDir: string;
let parent: ChildProcess | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-postgres-'));
});
afterEach(async () => {
  parent?.kill('SIGKILL');
  parent = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

/**
 * A process of PostgreSQL's user that has ended and that its parent does not reap, as in a container without an init. It ends once its parent
 * has become `sleep`: a shell would reap it.
 */
async function zombie(): Promise<number> {
  const script = '(until grep -q sleep /proc/$$/comm; do sleep 0.05; done) & echo $!; exec sleep 600';
  parent = spawn('sh', ['-c', script], { ...(await postgresUser()), cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(parent.stdout ?? parent, 'data')) as [Buffer];
  const pid = Number(line.toString());
  await expect.poll(async () => (await inspectProcess(pid)) === undefined && isIdTaken(pid)).toBe(true);
  return pid;
}

test.runIf(process.platform === 'linux')(
  'starts over the lock of a killed server that nobody reaped',
  async () => {
    const [port] = await findFreePorts(1);
    if (port === undefined) throw new Error('no free port');
    const options = { dataDir, port, durable: false };
    const first = await startPostgres(options);
    const clusterDir = await readlink(`/proc/${first.pid}/cwd`);
    await first.stop();
    await writeFile(path.join(clusterDir, 'postmaster.pid'), `${await zombie()}\n${clusterDir}\n`);
    const second = await startPostgres(options);
    expect(second.isAlive()).toBe(true);
    await second.stop();
    await expect(stat(path.join(clusterDir, 'postmaster.pid'))).rejects.toThrow('ENOENT');
  },
  180_000,
);

async function withServer(work: (server: { dataDir: string; port: number }) => Promise<void>): Promise<void> {
  const [port = 0] = await findFreePorts(1);
  const server = await startPostgres({ dataDir, port, durable: false });
  try {
    await work({ dataDir, port });
  } finally {
    await server.stop();
  }
}

async function ask<Row extends pg.QueryResultRow>(connectionString: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('the roles of the product and of Temporal own their databases and may do nothing else', async () => {
  await withServer(async ({ port }) => {
    const url = embeddedDatabaseUrl(dataDir, port);
    expect(await ask(url, 'CREATE TABLE t (id int)')).toEqual([]);
    const roles = `SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication AS mighty
      FROM pg_roles WHERE rolname IN ('nurture', 'temporal') ORDER BY rolname`;
    expect(await ask(url, roles)).toEqual([
      { rolname: 'nurture', mighty: false },
      { rolname: 'temporal', mighty: false },
    ]);
    await expect(ask(url, "COPY (SELECT 1) TO PROGRAM 'id'")).rejects.toThrow(/permission denied/);
    await expect(ask(embeddedDatabaseUrl(dataDir, port, 'temporal', 'nurture'), 'SELECT 1')).rejects.toThrow(
      /permission denied/,
    );
    await expect(ask(`postgresql://nurture:nurture@127.0.0.1:${port}/nurture`, 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });
  expect((await stat(path.join(dataDir, 'postgres-passwords.json'))).mode & 0o777).toBe(0o600);
});

test('two data folders have different passwords', async () => {
  const other = await mkdtemp(path.join(tmpdir(), 'nurture-postgres-'));
  try {
    expect(makePasswords(other).nurture).not.toBe(makePasswords(dataDir).nurture);
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});

test('a cluster whose superuser was nurture keeps its rows, and nurture becomes the owner of its database alone', async () => {
  await withServer(async ({ port }) => {
    // As an earlier version left it.
    const admin = embeddedDatabaseUrl(dataDir, port, 'postgres', 'postgres');
    await ask(admin, 'DROP DATABASE nurture; ');
    await ask(admin, 'DROP DATABASE temporal');
    await ask(admin, 'DROP DATABASE temporal_visibility');
    await ask(admin, 'DROP ROLE temporal');
    await ask(admin, 'DROP ROLE nurture');
    await ask(admin, "CREATE ROLE other SUPERUSER LOGIN PASSWORD 'other'");
    const other = `postgresql://other:other@127.0.0.1:${port}/postgres`;
    await ask(other, 'ALTER ROLE postgres RENAME TO nurture');
    await ask(other, "ALTER ROLE nurture PASSWORD 'nurture'");
    const former = `postgresql://nurture:nurture@127.0.0.1:${port}`;
    await ask(`${former}/postgres`, 'DROP ROLE other');
    await ask(`${former}/postgres`, 'CREATE DATABASE nurture');
    await ask(`${former}/nurture`, "CREATE TYPE grade AS ENUM ('A', 'B')");
    await ask(`${former}/nurture`, 'CREATE TABLE leads (id bigserial PRIMARY KEY, grade grade)');
    await ask(`${former}/nurture`, "INSERT INTO leads (grade) VALUES ('A')");
  });
  await rm(path.join(dataDir, 'postgres-passwords.json'));
  await withServer(async ({ port }) => {
    const url = embeddedDatabaseUrl(dataDir, port);
    expect(await ask(url, 'SELECT * FROM leads')).toEqual([{ id: '1', grade: 'A' }]);
    await ask(url, "ALTER TABLE leads ADD COLUMN note text; ALTER TYPE grade ADD VALUE 'C'");
    const [role] = await ask<{ rolsuper: boolean }>(url, "SELECT rolsuper FROM pg_roles WHERE rolname = 'nurture'");
    expect(role?.rolsuper).toBe(false);
    await expect(ask(`postgresql://nurture:nurture@127.0.0.1:${port}/nurture`, 'SELECT 1')).rejects.toThrow(
      /authentication failed/,
    );
  });
  // And once more, as any other start.
  await withServer(async ({ port }) => {
    expect(await ask(embeddedDatabaseUrl(dataDir, port), 'SELECT count(*)::int AS n FROM leads')).toEqual([{ n: 1 }]);
  });
});
