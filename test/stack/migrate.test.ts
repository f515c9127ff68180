import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import pg from 'pg';
import { expect, inject, test } from 'vitest';

import { migrate } from '../../src/store/migrations/migrate.ts';
import { createTestDatabase } from '../support/database.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('a test database is migrated already', async () => {
  await using database = await createTestDatabase();
  expect(await migrate(database.url)).toEqual([]);
});

test('three processes that start together migrate once; a broken one leaves nothing half done and can be mended', async () => {
  const prismaDir = await mkdtemp(path.join(tmpdir(), 'nurture-migrate-'));
  const url = new URL(inject('databaseAdminUrl'));
  url.pathname = `/migrate_${process.pid}`;
  const add = async (name: string, sql: string): Promise<void> => {
    await mkdir(path.join(prismaDir, 'migrations', name), { recursive: true });
    await writeFile(path.join(prismaDir, 'migrations', name, 'migration.sql'), sql);
  };
  try {
    await add('1_first', "CREATE TABLE a (x text DEFAULT 'a;b'); DO $$ BEGIN INSERT INTO a VALUES ('1'); END $$;");
    await writeFile(path.join(prismaDir, 'migrations', 'migration_lock.toml'), 'provider = "postgresql"\n');
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url.href, { prismaDir })));
    expect(applied.flat()).toEqual(['1_first']);
    expect(await query(url.href, 'SELECT x FROM a')).toEqual([{ x: '1' }]);

    await add('2_broken', 'CREATE TABLE b (x text); CREATE TABLE a (x text);');
    await expect(migrate(url.href, { prismaDir })).rejects.toThrow(/could not be migrated.*already exists/);
    expect(await query(url.href, "SELECT to_regclass('b') AS b")).toEqual([{ b: null }]);

    await add('2_broken', 'CREATE TABLE b (x text);');
    expect(await migrate(url.href, { prismaDir })).toEqual(['2_broken']);
  } finally {
    await query(inject('databaseAdminUrl'), `DROP DATABASE IF EXISTS ${url.pathname.slice(1)} WITH (FORCE)`);
    await rm(prismaDir, { recursive: true, force: true });
  }
});

test('a server that does not answer gets one clear line', async () => {
  await expect(migrate('postgresql://nurture@127.0.0.1:1/nurture')).rejects.toThrow(
    /PostgreSQL at 127\.0\.0\.1:1\/nurture is not usable \(.*ECONNREFUSED.*\)\. Check DATABASE_URL/,
  );
});
