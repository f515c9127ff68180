/** Builds the official programs of the Temporal server with Go, from their published modules. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { AppError } from '../domain/errors.ts';
import { cachedProgram, isExecutable } from './cache.ts';
import type { Progress, ProgressLine } from './progress.ts';
import { SERVER_VERSION, UI_VERSION } from './temporal-settings.ts';

const run = promisify(execFile);

const GO_SINCE = [1, 26] as const;
const DRAFT_PREFIX = '.build-';

export interface GoProgram {
  /** Its file in the cache. */
  file: string;
  /** The program in words. */
  what: string;
  module: string;
  /** About how many packages it is compiled from: the measure of progress. */
  packages: number;
}

export interface GoPrograms {
  server: string;
  sql: string;
  ui: string;
}

const PROGRAMS: Record<keyof GoPrograms, Omit<GoProgram, 'file'> & { name: string }> = {
  server: {
    name: `temporal-server-${SERVER_VERSION}`,
    what: 'Temporal server',
    module: `go.temporal.io/server/cmd/server@v${SERVER_VERSION}`,
    packages: 1754,
  },
  sql: {
    name: `temporal-sql-${SERVER_VERSION}`,
    what: 'Temporal schema tool',
    module: `go.temporal.io/server/cmd/tools/sql@v${SERVER_VERSION}`,
    packages: 837,
  },
  ui: {
    name: `temporal-ui-${UI_VERSION}`,
    what: 'Temporal web UI',
    module: `github.com/temporalio/ui-server/v2/cmd/server@v${UI_VERSION}`,
    packages: 432,
  },
};

/** The place of the built programs in the per-user cache. */
export function goPrograms(): GoPrograms {
  return {
    server: cachedProgram(PROGRAMS.server.name),
    sql: cachedProgram(PROGRAMS.sql.name),
    ui: cachedProgram(PROGRAMS.ui.name),
  };
}

/** Why Go cannot be used here, or undefined when it can. */
export async function goVersionProblem(): Promise<string | undefined> {
  try {
    const { stdout } = await run('go', ['env', 'GOVERSION'], { timeout: 10_000 });
    const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
    const isNewEnough = Number(major) > GO_SINCE[0] || (Number(major) === GO_SINCE[0] && Number(minor) >= GO_SINCE[1]);
    return isNewEnough ? undefined : `${stdout.trim()} is too old, ${GO_SINCE.join('.')} is needed`;
  } catch {
    return 'Go is not installed';
  }
}

/** Builds what is missing in the cache, one program after another. To be called under the cache's lock. */
export async function buildPrograms(progress: Progress): Promise<void> {
  const files = goPrograms();
  await removeDrafts(path.dirname(files.server));
  const keys = ['server', 'sql', 'ui'] as const;
  progress.say('  No Temporal server is here yet: building it with Go. This takes a few minutes, once per user.');
  for (const key of keys) {
    if (!(await isExecutable(files[key]))) await buildProgram({ ...PROGRAMS[key], file: files[key] }, progress);
  }
}

/**
 * Builds one program into its file, which appears whole or not at all.
 *
 * @throws AppError STACK_FAILED with the last lines of Go
 */
export async function buildProgram(program: GoProgram, progress: Progress): Promise<void> {
  const binDir = path.dirname(program.file);
  await mkdir(binDir, { recursive: true });
  const draft = await mkdtemp(path.join(binDir, DRAFT_PREFIX));
  const line = progress.begin(`Building the ${program.what}`);
  try {
    await goInstall(program, draft, line);
    const [built] = await readdir(draft);
    if (built === undefined) throw new AppError('STACK_FAILED', `Go built no ${program.what}.`);
    await rename(path.join(draft, built), program.file);
    line.done();
  } catch (error) {
    line.fail();
    throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Removes what an interrupted build left. The caller holds the lock, so no build is running. */
async function removeDrafts(binDir: string): Promise<void> {
  const names = await readdir(binDir).catch(() => []);
  const drafts = names.filter((name) => name.startsWith(DRAFT_PREFIX));
  await Promise.all(drafts.map((name) => rm(path.join(binDir, name), { recursive: true, force: true })));
}

async function goInstall(program: GoProgram, binDir: string, line: ProgressLine): Promise<void> {
  const child = spawn('go', ['install', '-v', '-ldflags=-s -w', program.module], {
    env: { ...process.env, GOBIN: binDir, GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killWithParent = (): void => void child.kill();
  process.once('exit', killWithParent);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  let downloaded = 0;
  let compiled = 0;
  const last: string[] = [];
  createInterface({ input: child.stderr }).on('line', (text) => {
    if (text.startsWith('go: downloading')) downloaded += 1;
    else if (/^[\w./-]+$/.test(text)) compiled += 1;
    if (last.push(text) > 5) last.shift();
    const modules = downloaded > 0 ? `${downloaded} modules fetched, ` : '';
    line.update(`${modules}${compiled} of about ${Math.max(program.packages, compiled)} packages compiled`);
  });
  const code = await ended.finally(() => process.off('exit', killWithParent));
  if (code !== 0) {
    throw new AppError(
      'STACK_FAILED',
      `The ${program.what} could not be built with Go (exit code ${String(code)}):\n  ${last.join('\n  ')}`,
    );
  }
}
