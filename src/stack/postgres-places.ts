/** The folders of PostgreSQL's programs and cluster, when it runs as another user than the one who started the stack. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, lstat, mkdir, mkdtemp, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import type { PostgresPrograms } from './postgres-programs.ts';
import type { PostgresUser } from './postgres-user.ts';

const run = promisify(execFile);

/** A place for root that another user can reach: root's home is closed to all others. */
const SHARED = '/var/lib/nurture-engine';

/** Whether the user may enter the folder and all its parents. */
export async function mayEnter(folder: string, user: PostgresUser): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/** The programs themselves if the user can reach them; otherwise a copy in a place that the user can reach. */
export async function reachablePrograms(
  programs: PostgresPrograms,
  user: PostgresUser | undefined,
): Promise<PostgresPrograms> {
  const bin = path.dirname(programs.postgres);
  if (user === undefined || (await mayEnter(bin, user))) return programs;
  const native = path.dirname(bin);
  const { mtimeMs, size } = await stat(programs.postgres);
  const copy = path.join(SHARED, `postgresql-${shortHash(`${mtimeMs} ${size}`)}`);
  if (!(await exists(copy))) {
    await openFolder(SHARED);
    const draft = await mkdtemp(`${copy}-new-`);
    await cp(native, path.join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    // Of two processes that copy at once, the later one finds the same copy in place.
    await rename(path.join(draft, 'native'), copy).catch(() => {});
    await rm(draft, { recursive: true, force: true });
  }
  const moved = (file: string): string => path.join(copy, path.relative(native, file));
  return { initdb: moved(programs.initdb), postgres: moved(programs.postgres) };
}

/**
 * The folder of the cluster: under DATA_DIR, or, when the user may not enter it, beside the copied programs, with a link under
 * DATA_DIR.
 */
export async function clusterPlace(dataDir: string, user: PostgresUser | undefined): Promise<string> {
  const own = path.join(dataDir, 'postgres');
  if (user === undefined || (await mayEnter(dataDir, user))) return own;
  const place = path.join(SHARED, 'clusters', shortHash(dataDir));
  await openFolder(SHARED);
  await openFolder(path.dirname(place));
  if (
    await lstat(own).then(
      () => true,
      () => false,
    )
  )
    return place;
  // DATA_DIR was removed, so the data of its cluster is removed too.
  await rm(place, { recursive: true, force: true });
  await symlink(place, own);
  return place;
}

/** A folder that others may pass through, whatever the umask of this process. */
async function openFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
