/** One child process of the stack: started, watched until it is ready, and stopped in order. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';

import { AppError } from '../domain/errors.ts';
import { forgetProcess, recordProcess } from './run-files.ts';

export interface ChildSpec {
  /** The name of its log file and run file, and of the process in messages. */
  name: string;
  command: string;
  args: readonly string[];
  dataDir: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** The user to run as, when this process is root and the program must not be. */
  user?: { uid: number; gid: number };
  /** Opens a channel. The child sends `ready` on it, and ends by itself when the supervisor is gone. */
  channel?: boolean;
  /** Called again and again until it returns true. With `channel` the child's own `ready` is enough. */
  ready?: () => Promise<boolean>;
  readyTimeoutMs?: number;
  stopSignal?: NodeJS.Signals;
  stopTimeoutMs?: number;
  /** Aborts the wait for readiness and ends the child. */
  signal?: AbortSignal | undefined;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process has ended, with the cause: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  isAlive(): boolean;
  /** Sends its stop signal and, after a while, kills it. Resolves when it is gone. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const LOG_LIMIT_BYTES = 10_000_000;

/**
 * Starts a child and resolves when it is ready. Its output goes to DATA_DIR/logs. It gets its own process group, so
 * that Ctrl-C reaches only the supervisor, which then stops every process in order.
 *
 * @throws AppError STACK_FAILED when it ends or does not become ready, with the last lines of its log
 */
export async function startChild(spec: ChildSpec): Promise<Child> {
  const logFile = path.join(spec.dataDir, 'logs', `${spec.name}.log`);
  const log = await openLog(logFile);
  let child: ChildProcess;
  try {
    child = spawn(spec.command, [...spec.args], {
      cwd: spec.cwd,
      env: spec.env ?? process.env,
      detached: true,
      stdio: ['ignore', log.fd, log.fd, ...(spec.channel === true ? (['ipc'] as const) : [])],
      ...spec.user,
    });
    await spawned(child, spec);
  } finally {
    await log.close();
  }
  const running = watch(child, spec, logFile);
  await recordProcess(spec.dataDir, spec.name, running.pid, spec.stopSignal ?? 'SIGTERM');
  // It may have ended, and been forgotten, before its record was written.
  if (!running.isAlive()) await forgetProcess(spec.dataDir, spec.name);
  try {
    await untilReady(child, spec, running);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

function watch(child: ChildProcess, spec: ChildSpec, logFile: string): Child {
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  child.once('exit', (code, signal) => {
    void forgetProcess(spec.dataDir, spec.name)
      .catch(() => {})
      .then(() => resolve(signal === null ? `exit code ${String(code)}` : `signal ${signal}`));
  });
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    name: spec.name,
    pid: child.pid ?? 0,
    logFile,
    ended,
    isAlive,
    async stop() {
      if (isAlive()) {
        child.kill(spec.stopSignal ?? 'SIGTERM');
        const force = setTimeout(() => child.kill('SIGKILL'), spec.stopTimeoutMs ?? STOP_TIMEOUT_MS);
        await ended;
        clearTimeout(force);
      }
      await ended;
    },
  };
}

async function untilReady(child: ChildProcess, spec: ChildSpec, running: Child): Promise<void> {
  const timeoutMs = spec.readyTimeoutMs ?? READY_TIMEOUT_MS;
  const deadline = Date.now() + timeoutMs;
  let saidReady = false;
  child.on('message', (message) => {
    if (message === 'ready') saidReady = true;
  });
  let endedWith: string | undefined;
  void running.ended.then((how) => (endedWith = how));
  for (;;) {
    spec.signal?.throwIfAborted();
    if (endedWith !== undefined) {
      throw new AppError(
        'STACK_FAILED',
        `${spec.name} ended while starting (${endedWith}). ${await lastLines(running.logFile)}`,
      );
    }
    if (saidReady || (spec.ready !== undefined && (await spec.ready().catch(() => false)))) return;
    if (spec.ready === undefined && spec.channel !== true) return;
    if (Date.now() > deadline) {
      throw new AppError(
        'STACK_FAILED',
        `${spec.name} was not ready after ${Math.round(timeoutMs / 1000)} s. ${await lastLines(running.logFile)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function spawned(child: ChildProcess, spec: ChildSpec): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', (cause) => {
      reject(new AppError('STACK_FAILED', `${spec.name} could not be started: ${cause.message}`, { cause }));
    });
  });
}

/** Appends to the log. A log that is too large is renamed first; one older log is kept. */
async function openLog(file: string): Promise<Awaited<ReturnType<typeof open>>> {
  await mkdir(path.dirname(file), { recursive: true });
  const size = await stat(file).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await rename(file, `${file}.1`);
  return open(file, 'a');
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-5).join('\n  ');
  return lines === '' ? `Its log ${file} is empty.` : `The end of ${file}:\n  ${lines}`;
}
