/** Gets the programs of a Temporal server for this machine, in the first way that works. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { AppError } from '../domain/errors.ts';
import { cachedProgram, isExecutable, withCacheLock } from './cache.ts';
import { downloadCli } from './cli-download.ts';
import { buildPrograms, goPrograms, goVersionProblem } from './go-build.ts';
import type { Progress } from './progress.ts';
import { CLI_VERSION, TIME_SKIPPING_SINCE } from './temporal-settings.ts';

const run = promisify(execFile);

/** Two kinds, with two kinds of store: the CLI keeps a SQLite file, the server built with Go uses PostgreSQL. */
export type TemporalPrograms =
  | { kind: 'cli'; cli: string; skipsTime: boolean }
  | { kind: 'go'; server: string; sql: string; ui: string };

/**
 * The programs of a Temporal server, by the first of these that works: the `temporal` CLI on PATH, a CLI that was downloaded before,
 * a download of the CLI, a build of the server with Go. Downloads and builds are kept in the per-user cache.
 *
 * @param only the kind that an existing store needs; a store made by one kind cannot be read by the other
 * @throws AppError STACK_FAILED saying which ways were tried and why each did not work
 */
export async function obtainTemporal(progress: Progress, only?: TemporalPrograms['kind']): Promise<TemporalPrograms> {
  const onPath = only === 'go' ? undefined : await cliOnPath();
  if (onPath?.skipsTime === true) return onPath;
  const reasons: string[] = [];
  if (only !== 'go') {
    const cached = cachedCli();
    if (await isExecutable(cached.cli)) return cached;
  }
  const built = goPrograms();
  if (only !== 'cli' && (await allExecutable([built.server, built.sql, built.ui]))) return { kind: 'go', ...built };

  if (only !== 'go') {
    const problem = await fetchCli(progress);
    if (problem === undefined) return cachedCli();
    reasons.push(`the download of the CLI: ${problem}`);
  }
  if (only !== 'cli') {
    const problem = await goVersionProblem();
    if (problem === undefined) {
      await withCacheLock(
        'go-build',
        () => progress.say('  Another process is building the Temporal server; waiting for it.'),
        () => buildPrograms(progress),
      );
      return { kind: 'go', ...built };
    }
    reasons.push(`building it with Go: ${problem}`);
  }
  if (onPath !== undefined) {
    progress.say(
      '  The temporal CLI on PATH is too old to skip time: the demo and fast-forward will not work with it.',
    );
    return onPath;
  }
  throw new AppError(
    'STACK_FAILED',
    `No Temporal server could be had (${reasons.join('; ')}). Install the temporal CLI (https://docs.temporal.io/cli) or Go 1.26, or set TEMPORAL_ADDRESS to a server of yours.`,
  );
}

function cachedCli(): TemporalPrograms & { kind: 'cli' } {
  return { kind: 'cli', cli: cachedProgram(`temporal-cli-${CLI_VERSION}`), skipsTime: true };
}

/** @returns why the program could not be fetched, or undefined when it is there */
async function fetchCli(progress: Progress): Promise<string | undefined> {
  const target = cachedCli().cli;
  const line = progress.begin('Temporal server: download');
  try {
    await withCacheLock(
      'cli-download',
      () => line.update('another process is at it'),
      async () => {
        if (!(await isExecutable(target))) await downloadCli(target, (detail) => line.update(detail));
      },
    );
    line.done();
    return undefined;
  } catch (error) {
    line.fail();
    return error instanceof Error ? error.message : String(error);
  }
}

async function cliOnPath(): Promise<(TemporalPrograms & { kind: 'cli' }) | undefined> {
  try {
    const { stdout } = await run('temporal', ['--version'], { timeout: 5_000 });
    const version = /server (\d+)\.(\d+)/i.exec(stdout);
    return { kind: 'cli', cli: 'temporal', skipsTime: version !== null && isAtLeast(version, TIME_SKIPPING_SINCE) };
  } catch {
    return undefined;
  }
}

function isAtLeast(version: RegExpExecArray, wanted: readonly [number, number]): boolean {
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}

async function allExecutable(files: readonly string[]): Promise<boolean> {
  const found = await Promise.all(files.map((file) => isExecutable(file)));
  return found.every(Boolean);
}
