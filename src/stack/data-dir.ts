/** Who runs the servers of a DATA_DIR: one at a time, a stack that stays, or a command that has them for as long as it works. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { Progress } from './progress.ts';
import { findSupervisor, recordSupervisor, runDir, type Supervisor, type SupervisorUse } from './run-files.ts';

const LOOKS_EVERY_MS = 200;
/** Nobody holds the lock for longer than it takes to read and write a small file. */
const LOCK_PATIENCE_MS = 10_000;

/**
 * Who has the DATA_DIR: a stack that is up, or null when nobody has it. As long as a stack is starting, or a command has servers of its
 * own, it waits and says so.
 * @throws AbortError when it was interrupted
 */
export async function whoHas(
  dataDir: string,
  { progress, signal }: { progress: Progress; signal?: AbortSignal },
): Promise<Supervisor | null> {
  let told: number | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const holder = (await findSupervisor(dataDir)) ?? null;
    const isOurs = holder?.pid === process.pid;
    if (holder === null || isOurs || (holder.use === 'stack' && holder.isReady)) return holder;
    if (told !== holder.pid) progress.say(waitingFor(dataDir, holder));
    told = holder.pid;
    await pause(LOOKS_EVERY_MS);
  }
}

function waitingFor(dataDir: string, { pid, use }: Supervisor): string {
  return use === 'stack'
    ? `The stack on ${dataDir} is starting (process ${pid}): waiting until it is up. Ctrl-C ends the waiting.`
    : `Another command uses ${dataDir} (process ${pid}): waiting until it has ended. Ctrl-C ends the waiting; with a stack (npm start) commands ` +
        'work at the same time.';
}

/** Beside the files of running processes. It stays when nobody holds it. */
export const LOCK_FILE = 'lock.sqlite';

/** Makes this process the one that has the DATA_DIR, unless another one has it. Of two that try at once, one gets it. */
export async function takeDataDir(dataDir: string, use: SupervisorUse): Promise<boolean> {
  await mkdir(runDir(dataDir), { recursive: true });
  // The lock is one of the operating system's: it ends with its process, however that ends.
  const lock = new DatabaseSync(path.join(runDir(dataDir), LOCK_FILE), { timeout: LOCK_PATIENCE_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    const other = await findSupervisor(dataDir);
    if (other !== undefined && other.pid !== process.pid) return false;
    await recordSupervisor(dataDir, { use, isReady: false });
    return true;
  } finally {
    lock.close();
  }
}
