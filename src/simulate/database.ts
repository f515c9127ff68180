/**
 * Databases of simulations, on the server of the real one: copies of a migrated template, dropped afterwards. Whose simulation was
 * killed, the next one drops.
 */
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import { embeddedDatabaseUrl } from '../runtime/embedded-database.ts';
import { describeDatabase, migrate } from '../store/migrations/migrate.ts';
import { readMigrations } from '../store/migrations/schema-engine.ts';

/** A run has databases by this name, a dash for each persona after it. Of 63 characters at most. */
const RUN = 'nurture_sim_';
const TEMPLATE = 'nurture_simtemplate_';
const CONNECT_TIMEOUT_MS = 5_000;
/** "simt" as an int: one process at a time makes the template. */
const TEMPLATE_LOCK = 0x73696d74;

export interface SimulationDatabases {
  /** Names the run, on Temporal as well. */
  readonly run: string;
  /** Creates a migrated database; `from`: a copy of another one of this run, to which nobody is connected. Returns its URL. */
  create(name: string, from?: string): Promise<string>;
  /** Drops all databases of this run. */
  close(): Promise<void>;
}

/** Ends the processes of these leads, which run for a simulation that is over or was killed. */
export type EndProcesses = (leadIds: readonly string[]) => Promise<void>;

/**
 * Takes a name for a run and makes the template if this version of the schema has none yet.
 * @throws AppError UNAVAILABLE when the server does not answer or lets nobody create databases
 */
export async function openDatabases(config: Config, endProcesses: EndProcesses): Promise<SimulationDatabases> {
  const admin = await connect(config);
  const run = RUN + randomBytes(6).toString('hex');
  const owner = ownerOf(config);
  const made = new Set<string>();
  try {
    // Held as long as this connection: by it a run is told from one whose process is gone.
    await admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [run]);
    await dropLeftovers(admin, config, endProcesses);
    const template = await templateOf(admin, config, owner);
    /** One statement at a time on the one connection. */
    let creating: Promise<unknown> = Promise.resolve();
    return {
      run,
      async create(name, from) {
        const database = `${run}_${name}`;
        const source = from === undefined ? template : `${run}_${from}`;
        const created = creating.then(async () => {
          // Known before it is made: it is dropped even when its maker is interrupted.
          made.add(database);
          await admin.query(`CREATE DATABASE ${quoted(database)} TEMPLATE ${quoted(source)}${ownedBy(owner)}`);
        });
        creating = created.catch(() => undefined);
        await created;
        return urlOf(config, database);
      },
      async close() {
        await creating;
        for (const database of made) await admin.query(`DROP DATABASE IF EXISTS ${quoted(database)} WITH (FORCE)`);
        await admin.end();
      },
    };
  } catch (error) {
    await admin.end().catch(() => {});
    throw refusedOr(error, config);
  }
}

/** Drops the databases of runs whose process is gone: nobody holds their lock. */
async function dropLeftovers(admin: pg.Client, config: Config, endProcesses: EndProcesses): Promise<void> {
  const { rows } = await admin.query<{ database: string }>(
    String.raw`SELECT datname AS database FROM pg_database WHERE datname LIKE 'nurture\_sim\_%'`,
  );
  const runs = Map.groupBy(rows, ({ database }) => /^nurture_sim_[0-9a-f]+/.exec(database)?.[0] ?? '');
  for (const [run, databases] of runs) {
    if (run === '') continue;
    const lock = await admin.query<{ free: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS free', [
      run,
    ]);
    if (lock.rows[0]?.free !== true) continue;
    for (const { database } of databases) {
      // The database goes last: by it the next simulation finds what is left, should this one be killed here.
      await endProcesses(await leadsIn(urlOf(config, database)));
      await admin.query(`DROP DATABASE IF EXISTS ${quoted(database)} WITH (FORCE)`);
    }
    await admin.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [run]);
  }
}

/** A lead's row is written before its process starts. */
async function leadsIn(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<{ id: string }>('SELECT id FROM leads')).rows.map(({ id }) => id);
  } catch {
    // It was killed as it made the database, or another simulation drops it.
    return [];
  } finally {
    await client.end().catch(() => {});
  }
}

/** The name of the migrated template, made if there is none. Those of other versions of the schema are dropped. */
async function templateOf(admin: pg.Client, config: Config, owner: string | null): Promise<string> {
  const { migrationDirectories } = await readMigrations();
  const hash = createHash('sha256').update(JSON.stringify(migrationDirectories)).digest('hex').slice(0, 16);
  const template = TEMPLATE + hash;
  await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    if (await exists(admin, template)) return template;
    const draft = `${template}_draft`;
    // One of another version may just be copied.
    for (const old of await templates(admin))
      await admin.query(`DROP DATABASE IF EXISTS ${quoted(old)}`).catch(() => undefined);
    await admin.query(`CREATE DATABASE ${quoted(draft)}${ownedBy(owner)}`);
    await migrate(urlOf(config, draft));
    // A template that is half made has another name.
    await admin.query(`ALTER DATABASE ${quoted(draft)} RENAME TO ${quoted(template)}`);
    return template;
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function templates(admin: pg.Client): Promise<string[]> {
  const { rows } = await admin.query<{ database: string }>(
    String.raw`SELECT datname AS database FROM pg_database WHERE datname LIKE 'nurture\_simtemplate\_%'`,
  );
  return rows.map(({ database }) => database);
}

async function exists(admin: pg.Client, database: string): Promise<boolean> {
  return (await admin.query('SELECT FROM pg_database WHERE datname = $1', [database])).rowCount === 1;
}

/** On the embedded server only its administrator creates databases; on any other the role of DATABASE_URL does. */
function adminUrlOf(config: Config): string {
  const { dataDir, stack } = config;
  if (config.embedded.postgres) return embeddedDatabaseUrl(dataDir, stack.postgresPort, 'postgres', 'postgres');
  const url = new URL(config.databaseUrl);
  url.pathname = '/postgres';
  return url.href;
}

/** A simulation works as the same role as the product. */
function ownerOf(config: Config): string | null {
  return config.embedded.postgres ? new URL(config.databaseUrl).username : null;
}

function urlOf(config: Config, database: string): string {
  const url = new URL(config.databaseUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function connect(config: Config): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: adminUrlOf(config), connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (cause) {
    throw new AppError(
      'UNAVAILABLE',
      `PostgreSQL at ${describeDatabase(config.databaseUrl)} does not answer. Start the stack (npm start), or check DATABASE_URL.`,
      { cause },
    );
  }
}

function refusedOr(error: unknown, config: Config): unknown {
  // 42501: insufficient privilege.
  if (!(error instanceof pg.DatabaseError) || error.code !== '42501') return error;
  const role = new URL(config.databaseUrl).username;
  return new AppError(
    'UNAVAILABLE',
    `A simulation has a database of its own, and the role “${role}” of DATABASE_URL may not create one: let it (ALTER ROLE ${role} CREATEDB), or set DATABASE_URL to a server where it may.`,
    { cause: error },
  );
}

function ownedBy(owner: string | null): string {
  return owner === null ? '' : ` OWNER ${quoted(owner)}`;
}

function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}
