/** The Temporal server built with Go, on PostgreSQL. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import pg from 'pg';

import { AppError } from '../domain/errors.ts';
import { embeddedDatabaseUrl, makePasswords } from '../runtime/embedded-database.ts';
import { temporalAnswers } from '../temporal/connect.ts';
import { SEARCH_ATTRIBUTES } from '../temporal/search-attributes.ts';
import { startChild, type Child } from './child.ts';
import type { GoPrograms } from './go-build.ts';
import { accepts, reservePort, findFreePorts, isFree } from './ports.ts';
import { dynamicConfigYaml, INTERNAL_PORTS, SERVER_VERSION, serverYaml } from './temporal-settings.ts';

const run = promisify(execFile);

/** This role owns the two databases of Temporal and nothing else. */
const ROLE = 'temporal';
const DATABASE = 'temporal';
const VISIBILITY_DATABASE = 'temporal_visibility';
/** A comment on the database, written when its schema is complete. A copy of the database keeps it. */
const SCHEMA_MARK = `Temporal schema of server ${SERVER_VERSION}`;

export interface GoServerOptions {
  programs: GoPrograms;
  dataDir: string;
  port: number;
  /** The port of the embedded PostgreSQL, which must be up. */
  postgresPort: number;
  signal?: AbortSignal | undefined;
}

/** Makes the two databases if they are missing, starts the server and resolves when it listens. */
export async function startGoServer(options: GoServerOptions): Promise<Child> {
  const folder = path.join(options.dataDir, 'temporal');
  await mkdir(folder, { recursive: true });
  await Promise.all([
    prepareDatabase(options, DATABASE, 'postgresql/v12/temporal'),
    prepareDatabase(options, VISIBILITY_DATABASE, 'postgresql/v12/visibility'),
  ]);
  const configFile = path.join(folder, 'server.yaml');
  await writeFile(dynamicConfigFile(options.dataDir), dynamicConfigYaml(!(await isRegistered(options.dataDir))));
  await writeFile(
    configFile,
    serverYaml(
      { frontend: options.port, internal: await internalPorts(folder) },
      {
        host: '127.0.0.1',
        port: options.postgresPort,
        user: ROLE,
        password: makePasswords(options.dataDir).temporal,
        database: DATABASE,
        visibilityDatabase: VISIBILITY_DATABASE,
      },
      dynamicConfigFile(options.dataDir),
    ),
    { mode: 0o600 },
  );
  return startChild({
    name: 'temporal',
    command: options.programs.server,
    args: ['--config-file', configFile, '--allow-no-auth', 'start'],
    dataDir: options.dataDir,
    ready: async () => (await accepts(options.port)) && (await temporalAnswers(`127.0.0.1:${options.port}`)),
    signal: options.signal,
    readyTimeoutMs: 90_000,
    stopTimeoutMs: 15_000,
  });
}

/** Call this once the search attributes are registered: it removes the setting that the server needed until then. */
export async function searchAttributesRegistered(dataDir: string): Promise<void> {
  if (await isRegistered(dataDir)) return;
  await writeFile(dynamicConfigFile(dataDir), dynamicConfigYaml(false));
  await writeFile(registeredFile(dataDir), REGISTERED);
}

/** The names of the search attributes: a later version may have more. */
const REGISTERED = `${Object.keys(SEARCH_ATTRIBUTES).join(' ')}\n`;

async function isRegistered(dataDir: string): Promise<boolean> {
  return (await readFile(registeredFile(dataDir), 'utf8').catch(() => '')) === REGISTERED;
}

function dynamicConfigFile(dataDir: string): string {
  return path.join(dataDir, 'temporal', 'dynamic-config.yaml');
}

function registeredFile(dataDir: string): string {
  return path.join(dataDir, 'temporal', 'search-attributes');
}

async function prepareDatabase(options: GoServerOptions, database: string, schema: string): Promise<void> {
  if ((await markOf(options, database)) === SCHEMA_MARK) return;
  const tool = async (...args: string[]): Promise<void> => {
    const connection = ['--plugin', 'postgres12_pgx', '--ep', '127.0.0.1', '-p', String(options.postgresPort)];
    const env = { ...process.env, SQL_PASSWORD: makePasswords(options.dataDir).temporal };
    await run(options.programs.sql, [...connection, '-u', ROLE, '--db', database, ...args], { timeout: 60_000, env });
  };
  try {
    if (!(await hasVersionTable(options, database))) await tool('setup-schema', '-v', '0.0');
    await tool('update-schema', '--schema-name', schema);
  } catch (cause) {
    throw new AppError('STACK_FAILED', `The database ${database} of the Temporal server could not be made.`, { cause });
  }
  await query(options, database, `COMMENT ON DATABASE ${database} IS '${SCHEMA_MARK}'`);
}

async function markOf(options: GoServerOptions, database: string): Promise<string | undefined> {
  const rows = await query(
    options,
    database,
    `SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = '${database}'`,
  );
  return (rows[0] as { mark: string | null } | undefined)?.mark ?? undefined;
}

async function hasVersionTable(options: GoServerOptions, database: string): Promise<boolean> {
  const rows = await query(options, database, "SELECT to_regclass('schema_version') IS NOT NULL AS found");
  return (rows[0] as { found: boolean } | undefined)?.found === true;
}

async function query({ dataDir, postgresPort }: GoServerOptions, database: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: embeddedDatabaseUrl(dataDir, postgresPort, database, ROLE) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/**
 * The internal ports of the services: those of the last run if they are free. The services look for each other on their last
 * ports, and other ports cost start-up time.
 */
async function internalPorts(folder: string): Promise<number[]> {
  const file = path.join(folder, 'ports.json');
  const known = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as number[],
    () => [],
  );
  const canBeHad = async (port: number): Promise<boolean> => (await reservePort(port)) && isFree(port);
  if (known.length === INTERNAL_PORTS && (await Promise.all(known.map(canBeHad))).every(Boolean)) return known;
  const ports = await findFreePorts(INTERNAL_PORTS);
  await writeFile(file, JSON.stringify(ports));
  return ports;
}
