/** The per-user cache of programs, and a lock so that only one process fills it at a time. */
import { access, constants, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

import { inspectProcess, isRunning } from './process-identity.ts';

/** `$XDG_CACHE_HOME/nurture-engine`, or `~/.cache/nurture-engine`. */
export function cacheDir(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return path.join(
    base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'),
    'nurture-engine',
  );
}

/** Where a program of the cache is, or will be. */
export function cachedProgram(name: string): string {
  return path.join(cacheDir(), 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Runs `work` under a lock that one process of this machine can hold at a time. A lock whose holder has died is taken over.
 *
 * @param onWait called once when another process holds the lock
 */
export async function withCacheLock<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const lock = path.join(cacheDir(), `${name}.lock`);
  await mkdir(cacheDir(), { recursive: true });
  let told = false;
  while (!(await tryLock(lock))) {
    if (await isAbandoned(lock)) {
      await rm(lock, { recursive: true, force: true });
      continue;
    }
    if (!told) onWait();
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  await writeFile(path.join(lock, 'holder.json'), JSON.stringify(await inspectProcess(process.pid)));
  return true;
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const holder = JSON.parse(await readFile(path.join(lock, 'holder.json'), 'utf8')) as {
      pid: number;
      startedAt: string;
    };
    return !(await isRunning(holder));
  } catch {
    // The lock has no owner yet: its holder writes that next. A lock that stays without one for long is stale.
    const age = await stat(lock).then(
      (stats) => Date.now() - stats.mtimeMs,
      () => 0,
    );
    return age > 10_000;
  }
}
