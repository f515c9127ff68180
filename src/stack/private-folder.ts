/** DATA_DIR holds mails with links that decide, passwords and logs: nobody but its owner reads it. */
import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

const FOLDER = 0o700;
const FILE = 0o600;

/**
 * From here on everything that this process and its children make is for their owner alone, whatever the umask was; and what an
 * earlier version made in the folder becomes so. The cluster of PostgreSQL has an owner and rights of its own.
 */
export async function keepPrivate(dataDir: string): Promise<void> {
  process.umask(0o077);
  await mkdir(dataDir, { recursive: true, mode: FOLDER });
  await tighten(dataDir, true);
}

async function tighten(folder: string, isTop: boolean): Promise<void> {
  const { mode } = await lstat(folder);
  // As root, the user of PostgreSQL passes through the folder to its cluster, and lists nothing.
  const rights = isTop && process.getuid?.() === 0 ? FOLDER | (mode & 0o011) : FOLDER;
  if ((mode & 0o777) !== rights) await chmod(folder, rights);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (isTop && entry.name.startsWith('postgres') && !entry.isFile()) continue;
    if (entry.isDirectory()) await tighten(inside, false);
    else if (entry.isFile()) await chmod(inside, FILE).catch(ignoreGone);
  }
}

/** Another process may have taken the file away meanwhile. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
