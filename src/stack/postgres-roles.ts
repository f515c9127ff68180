/** The roles and databases of the embedded PostgreSQL, brought to the state this version wants at each start. */
import pg from 'pg';
import { AppError } from '../domain/errors.ts';
import { embeddedDatabaseUrl, makePasswords, type DatabasePasswords } from '../runtime/embedded-database.ts';

/** The databases of each role. A role owns its databases and nothing else. */
const DATABASES = [
  { database: 'nurture', owner: 'nurture' },
  { database: 'temporal', owner: 'temporal' },
  { database: 'temporal_visibility', owner: 'temporal' },
] as const;

/** Until version 0.2 one superuser with a well-known password served everything. */
const FORMER_SUPERUSER = 'nurture';
const FORMER_PASSWORD = 'nurture';
const HELPER = 'nurture_upgrade';

/**
 * Makes the roles and databases that are missing. A cluster of an earlier version, whose superuser was `nurture`, is changed so
 * that `nurture` owns only its database. If this is interrupted, the next start continues it.
 *
 * @throws AppError STACK_FAILED when nobody gets in: the passwords under DATA_DIR are not those of the cluster
 */
export async function prepareRoles(dataDir: string, port: number): Promise<void> {
  const passwords = makePasswords(dataDir);
  const admin = await signIn(dataDir, port, passwords);
  try {
    for (const role of ['nurture', 'temporal'] as const) await makeRole(admin, role, passwords[role]);
    for (const { database, owner } of DATABASES) await makeDatabase(admin, database, owner);
  } finally {
    await admin.end();
  }
  for (const { database, owner } of DATABASES) await handOverContents(dataDir, port, database, owner);
}

/** A connection as `postgres`; a cluster of an earlier version gets that role first. */
async function signIn(dataDir: string, port: number, passwords: DatabasePasswords): Promise<pg.Client> {
  const url = embeddedDatabaseUrl(dataDir, port, 'postgres', 'postgres');
  const admin = await connected(url);
  if (admin !== null) return admin;
  await renameFormerSuperuser(port, passwords.postgres);
  const renamed = await connected(url);
  if (renamed !== null) return renamed;
  throw new AppError(
    'STACK_FAILED',
    `PostgreSQL does not take the passwords in ${dataDir}/postgres-passwords.json: the file and the cluster do not belong together.`,
  );
}

/** A role cannot rename itself, so another superuser is created for this and removed afterwards. */
async function renameFormerSuperuser(port: number, password: string): Promise<void> {
  const at = (role: string, secret: string): string =>
    `postgresql://${role}:${encodeURIComponent(secret)}@127.0.0.1:${port}/postgres`;
  const former = await connected(at(FORMER_SUPERUSER, FORMER_PASSWORD));
  if (former !== null) {
    await former.query(`DROP ROLE IF EXISTS ${HELPER}`);
    await former.query(`CREATE ROLE ${HELPER} SUPERUSER LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    await former.end();
  }
  const helper = await connected(at(HELPER, password));
  if (helper === null) return;
  const secret = pg.escapeLiteral(password);
  await helper.query(
    `BEGIN; ALTER ROLE ${FORMER_SUPERUSER} RENAME TO postgres; ALTER ROLE postgres PASSWORD ${secret}; COMMIT`,
  );
  await helper.end();
}

async function makeRole(admin: pg.Client, role: string, password: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  await admin.query(`DROP ROLE IF EXISTS ${HELPER}`);
}

async function makeDatabase(admin: pg.Client, database: string, owner: string): Promise<void> {
  const { rows } = await admin.query<{ owner: string }>(
    'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1',
    [database],
  );
  const [found] = rows;
  if (found === undefined) await admin.query(`CREATE DATABASE ${database} OWNER ${owner}`);
  else if (found.owner !== owner) await admin.query(`ALTER DATABASE ${database} OWNER TO ${owner}`);
  await admin.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
}

/** What an earlier version's superuser made in the database belongs to the database's owner from now on. */
async function handOverContents(dataDir: string, port: number, database: string, owner: string): Promise<void> {
  const admin = await connected(embeddedDatabaseUrl(dataDir, port, database, 'postgres'));
  if (admin === null) return;
  try {
    const { rows } = await admin.query<{ statement: string }>(STATEMENTS_OF_HANDOVER, [owner]);
    for (const { statement } of rows) await admin.query(statement);
  } finally {
    await admin.end();
  }
}

/** One ALTER for each schema, table, sequence, view and type in `public` that another role owns, but for those of extensions. */
const STATEMENTS_OF_HANDOVER = `
  SELECT format('ALTER SCHEMA public OWNER TO %I', $1::text) AS statement
  FROM pg_namespace WHERE nspname = 'public' AND pg_get_userbyid(nspowner) <> $1
  UNION ALL
  SELECT format('ALTER %s %s OWNER TO %I',
    CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
    c.oid::regclass, $1::text)
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v', 'm') AND pg_get_userbyid(c.relowner) <> $1
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'a', 'i'))
  UNION ALL
  SELECT format('ALTER TYPE %s OWNER TO %I', t.oid::regtype, $1::text)
  FROM pg_type t
  WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd') AND pg_get_userbyid(t.typowner) <> $1
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')`;

/** Null when the server does not know the role or its password. */
async function connected(connectionString: string): Promise<pg.Client | null> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    // 28P01, 28000: the password or the role is wrong.
    if (error instanceof Error && 'code' in error && (error.code === '28P01' || error.code === '28000')) return null;
    throw error;
  }
}
