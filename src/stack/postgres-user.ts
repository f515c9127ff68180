/** The user PostgreSQL runs as: it refuses to run as root. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { AppError } from '../domain/errors.ts';

const run = promisify(execFile);

export interface PostgresUser {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. Then it runs as the user `postgres`, which is made if it does not exist.
 *
 * @throws AppError STACK_FAILED when the user cannot be made
 */
export async function postgresUser(): Promise<PostgresUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await lookUp()) ?? (await create());
}

async function lookUp(): Promise<PostgresUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) };
  } catch {
    return undefined;
  }
}

async function create(): Promise<PostgresUser> {
  try {
    await run('groupadd', ['-f', 'postgres']);
    await run('useradd', ['-g', 'postgres', '--no-create-home', 'postgres']);
  } catch {
    // Two stacks may create the user at once. What counts is whether it exists now.
  }
  const user = await lookUp();
  if (user !== undefined) return user;
  throw new AppError(
    'STACK_FAILED',
    'PostgreSQL cannot run as root and the user "postgres" could not be made: run this as another user, or set DATABASE_URL.',
  );
}
