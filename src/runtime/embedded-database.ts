/** How the embedded PostgreSQL is reached: three roles, each with a random password that only the owner of DATA_DIR can read. */
import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * `postgres` administers the server. `nurture` owns the product's database and `temporal` those of the Temporal server;
 * neither of the two may do anything else.
 */
export const DATABASE_ROLES = ['postgres', 'nurture', 'temporal'] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];
export type DatabasePasswords = Readonly<Record<DatabaseRole, string>>;

/** The passwords of the server under this DATA_DIR; null while none were made. */
export function readPasswords(dataDir: string): DatabasePasswords | null {
  try {
    return JSON.parse(readFileSync(passwordFile(dataDir), 'utf8')) as DatabasePasswords;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** The passwords under this DATA_DIR, made if there are none. Of two processes that make them at once, both get the same. */
export function makePasswords(dataDir: string): DatabasePasswords {
  const known = readPasswords(dataDir);
  if (known !== null) return known;
  mkdirSync(dataDir, { recursive: true });
  const made = Object.fromEntries(DATABASE_ROLES.map((role) => [role, randomBytes(24).toString('base64url')]));
  const draft = `${passwordFile(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  try {
    linkSync(draft, passwordFile(dataDir));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readPasswords(dataDir) ?? (made as DatabasePasswords);
}

/** The connection URL of a database on the embedded server. Before its first start no password is known, and none is given. */
export function embeddedDatabaseUrl(
  dataDir: string,
  port: number,
  database = 'nurture',
  role: DatabaseRole = 'nurture',
): string {
  const password = readPasswords(dataDir)?.[role];
  const credentials = password === undefined ? role : `${role}:${password}`;
  return `postgresql://${credentials}@127.0.0.1:${port}/${database}`;
}

function passwordFile(dataDir: string): string {
  return path.join(dataDir, 'postgres-passwords.json');
}
