/** Brings a database to the state of prisma/migrations: creates it if it is missing, then applies what is new. */
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';

import { AppError } from '../../domain/errors.ts';
import { NO_FILTER, readMigrations, withSchemaEngine } from './schema-engine.ts';

/** "nurture" read as an int: the advisory lock that lets one process migrate at a time. */
const MIGRATION_LOCK = 0x6e757274;
const CONNECT_TIMEOUT_MS = 5_000;

export interface MigrateOptions {
  /** The folder that holds `migrations/`; the product's own by default. */
  prismaDir?: string;
}

/**
 * Creates the database of `databaseUrl` if it is missing and applies the migrations it lacks. Idempotent, and safe
 * when several processes start together: the second waits for the first and then finds nothing to do.
 *
 * @returns the names of the migrations this call applied
 * @throws AppError UNAVAILABLE when the server cannot be reached, INTERNAL when a migration fails (nothing else is tried)
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  await createDatabaseIfMissing(databaseUrl);
  const lock = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await connect(lock, databaseUrl);
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const migrationsList = await readMigrations(options.prismaDir);
    if (migrationsList.migrationDirectories.length === 0) return [];
    const result = await withSchemaEngine(databaseUrl, async (engine) => {
      await forgetFailures(engine, migrationsList);
      return engine.applyMigrations({ migrationsList, filters: NO_FILTER });
    }).catch((error: unknown) => {
      throw new AppError('INTERNAL', `The database could not be migrated: ${reasonOf(error)}`, { cause: error });
    });
    return result.appliedMigrationNames;
  } finally {
    await lock.end();
  }
}

/**
 * A migration that failed or was cut off is tried again: it runs in one transaction, so it left nothing behind. The
 * engine would refuse to go on until a person says so.
 */
async function forgetFailures(engine: SchemaEngine, migrationsList: MigrationList): Promise<void> {
  const history = await engine.diagnoseMigrationHistory({
    migrationsList,
    optInToShadowDatabase: false,
    filters: NO_FILTER,
  });
  for (const migrationName of history.failedMigrationNames) await engine.markMigrationRolledBack({ migrationName });
}

/** Names host, port and database of a connection URL, never the password. */
export function describeDatabase(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  return `${url.hostname}:${url.port || '5432'}${url.pathname}`;
}

async function createDatabaseIfMissing(databaseUrl: string): Promise<void> {
  const probe = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await probe.connect();
    return;
  } catch (error) {
    if (codeOf(error) !== '3D000') throw unreachable(databaseUrl, error);
  } finally {
    await probe.end().catch(() => {});
  }
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  const admin = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await connect(admin, databaseUrl);
  try {
    await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    // 42P04: another process was faster; 23505: both were at it in the same moment.
    if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error;
  } finally {
    await admin.end();
  }
}

async function connect(client: pg.Client, databaseUrl: string): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    throw unreachable(databaseUrl, error);
  }
}

function unreachable(databaseUrl: string, cause: unknown): AppError {
  return new AppError(
    'UNAVAILABLE',
    `PostgreSQL at ${describeDatabase(databaseUrl)} is not usable (${reasonOf(cause)}). Check DATABASE_URL and that the server is up.`,
    { cause },
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || codeOf(error) || error.name : String(error);
  return text.trim().replaceAll(/\s*\n\s*/g, '; ');
}
