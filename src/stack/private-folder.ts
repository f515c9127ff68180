/** DATA_DIR holds mails with links that decide, passwords and logs: nobody but its owner reads it. */
import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

const FOLDER = 0o700;
const FILE = 0o600;

/**
 * Makes everything that this process and its children create private to their owner, whatever the umask was, and everything that
 * an earlier version created in the folder. The cluster of PostgreSQL has its own owner and permissions.
 */
export async function keepPrivate(dataDir: string): Promise<void> {
  process.umask(0o077);
  await mkdir(dataDir, { recursive: true, mode: FOLDER });
  await tighten(dataDir, true);
}

async function tighten(folder: string, isTop: boolean): Promise<void> {
  const { mode } = await lstat(folder);
  // Started as root: the user of PostgreSQL may pass through the folder to its cluster, but not list it.
  const rights = isTop && process.getuid?.() === 0 ? FOLDER | (mode & 0o011) : FOLDER;
  if ((mode & 0o777) !== rights) await chmod(folder, rights);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (isTop && entry.name.startsWith('postgres') && !entry.isFile()) continue;
    if (entry.isDirectory()) await tighten(inside, false);
    else if (entry.isFile()) await chmod(inside, FILE).catch(ignoreGone);
  }
}

/** Another process may have removed the file meanwhile. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
