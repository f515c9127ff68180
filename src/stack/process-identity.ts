/**
 * Finds out whether a process id still belongs to the same process. Ids are reused, so a process is recognized by its id and the
 * moment it started. An unrelated process is never touched.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessIdentity {
  pid: number;
  /** When it started, in a form that is only ever compared for equality; on Linux it includes the boot. */
  startedAt: string;
}

export interface RunningProcess extends ProcessIdentity {
  commandLine: string;
}

/** The running process of this id, or undefined when there is none (a zombie counts as gone). */
export async function inspectProcess(pid: number): Promise<RunningProcess | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return process.platform === 'linux' ? inspectLinux(pid) : inspectByPs(pid);
}

/** True while exactly this process, not another one under its id, is running. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  const found = await inspectProcess(identity.pid);
  return found !== undefined && found.startedAt === identity.startedAt;
}

/** True while the system uses this id, also for a zombie, as `kill -0` does. */
export function isIdTaken(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Asks the process to end, and kills it after `timeoutMs`. Resolves when it is gone. Does nothing when the process has ended or its
 * id belongs to another process by now.
 */
export async function endProcess(
  identity: ProcessIdentity,
  options: { signal?: NodeJS.Signals; timeoutMs?: number } = {},
): Promise<void> {
  const { signal = 'SIGTERM', timeoutMs = 10_000 } = options;
  if (!(await isRunning(identity))) return;
  signalQuietly(identity.pid, signal);
  if (await goneWithin(identity, timeoutMs)) return;
  signalQuietly(identity.pid, 'SIGKILL');
  await goneWithin(identity, 5_000);
}

async function goneWithin(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (await isRunning(identity)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process ended between the check and the signal, which is the aim.
  }
}

let bootId: Promise<string> | undefined;

async function inspectLinux(pid: number): Promise<RunningProcess | undefined> {
  try {
    bootId ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
      (text) => text.trim(),
      () => 'unknown-boot',
    );
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The program's name is in brackets and may itself contain spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const commandLine = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
    return { pid, startedAt: `${await bootId}/${fields[19] ?? ''}`, commandLine };
  } catch {
    return undefined;
  }
}

async function inspectByPs(pid: number): Promise<RunningProcess | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=,command=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C' },
    });
    const match = /^\s*(\S+)\s+(\w+ \w+ +\d+ [\d:]+ \d+)\s+(.*)$/m.exec(stdout);
    if (!match || match[1]?.startsWith('Z')) return undefined;
    return { pid, startedAt: match[2] ?? '', commandLine: match[3] ?? '' };
  } catch {
    return undefined;
  }
}
