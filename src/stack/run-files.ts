/**
 * Records of the running processes: one file for each under DATA_DIR/run. A supervisor that was killed leaves its children
 * running; the next supervisor finds them by these files.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { endProcess, inspectProcess, isRunning, type ProcessIdentity } from './process-identity.ts';

export interface RunFile extends ProcessIdentity {
  name: string;
  /** The signal that makes the process end in order. */
  stopSignal: NodeJS.Signals;
}

/** `stack`: it stays until it is stopped, and commands work with it. `command`: the servers of one command, which end with it. */
export type SupervisorUse = 'stack' | 'command';

export interface Supervisor extends RunFile {
  use: SupervisorUse;
  /** All of it is up. */
  isReady: boolean;
}

const SUPERVISOR = 'supervisor';

export function runDir(dataDir: string): string {
  return path.join(dataDir, 'run');
}

/** Records a process that was just started. One that is gone already is not recorded. */
export async function recordProcess(
  dataDir: string,
  name: string,
  pid: number,
  stopSignal: NodeJS.Signals,
  more: Partial<Supervisor> = {},
): Promise<void> {
  const found = await inspectProcess(pid);
  if (found === undefined) return;
  const record: RunFile = { ...more, name, pid, startedAt: found.startedAt, stopSignal };
  await mkdir(runDir(dataDir), { recursive: true });
  const file = path.join(runDir(dataDir), `${name}.json`);
  await writeFile(`${file}.tmp`, `${JSON.stringify(record)}\n`);
  await rename(`${file}.tmp`, file);
}

export async function forgetProcess(dataDir: string, name: string): Promise<void> {
  await rm(path.join(runDir(dataDir), `${name}.json`), { force: true });
}

/** The recorded processes that are still running, without the supervisor. */
export async function findOrphans(dataDir: string): Promise<RunFile[]> {
  const orphans: RunFile[] = [];
  for (const record of await readRecords(dataDir)) {
    if (record.name !== SUPERVISOR && (await isRunning(record))) orphans.push(record);
  }
  return orphans;
}

/**
 * Ends the processes that a killed supervisor left behind: PostgreSQL last, because the others write to it.
 *
 * @returns the names of what was ended
 */
export async function endOrphans(dataDir: string): Promise<string[]> {
  const orphans = await findOrphans(dataDir);
  const databases = orphans.filter((orphan) => orphan.name === 'postgres');
  for (const group of [orphans.filter((orphan) => orphan.name !== 'postgres'), databases]) {
    await Promise.all(group.map((orphan) => endProcess(orphan, { signal: orphan.stopSignal, timeoutMs: 8_000 })));
  }
  await Promise.all((await readRecords(dataDir)).map((record) => dropIfGone(dataDir, record)));
  return orphans.map((orphan) => orphan.name);
}

/** The supervisor that holds this DATA_DIR now, if one does. */
export async function findSupervisor(dataDir: string): Promise<Supervisor | undefined> {
  const record = (await readRecords(dataDir)).find((candidate) => candidate.name === SUPERVISOR);
  if (record === undefined || !(await isRunning(record))) return undefined;
  // What an earlier version wrote says neither.
  const { use = 'stack', isReady = true } = record;
  return { ...record, use, isReady };
}

/** Makes this process the supervisor. Only who holds the lock of `takeDataDir`, or is the supervisor already, may call it. */
export async function recordSupervisor(dataDir: string, state: Pick<Supervisor, 'use' | 'isReady'>): Promise<void> {
  await recordProcess(dataDir, SUPERVISOR, process.pid, 'SIGTERM', state);
}

export async function forgetSupervisor(dataDir: string): Promise<void> {
  await forgetProcess(dataDir, SUPERVISOR);
}

type StoredRecord = RunFile & Partial<Supervisor>;

async function dropIfGone(dataDir: string, record: RunFile): Promise<void> {
  if (!(await isRunning(record))) await forgetProcess(dataDir, record.name);
}

async function readRecords(dataDir: string): Promise<StoredRecord[]> {
  const names = await readdir(runDir(dataDir)).catch(() => []);
  const records: StoredRecord[] = [];
  for (const name of names.filter((candidate) => candidate.endsWith('.json'))) {
    const record = parseRecord(await readFile(path.join(runDir(dataDir), name), 'utf8').catch(() => ''));
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** A half-written file, or one of another program, is ignored: no process is ended because of it. */
function parseRecord(text: string): StoredRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<Supervisor>;
    if (typeof value.pid !== 'number' || typeof value.startedAt !== 'string' || typeof value.name !== 'string') {
      return undefined;
    }
    const { name, pid, startedAt, stopSignal = 'SIGTERM', use, isReady } = value;
    return { name, pid, startedAt, stopSignal, ...(use === undefined ? {} : { use, isReady: isReady === true }) };
  } catch {
    return undefined;
  }
}
