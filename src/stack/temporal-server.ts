/** The embedded Temporal server, of the kind that this machine can run. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Child } from './child.ts';
import type { Progress } from './progress.ts';
import { obtainTemporal, type TemporalPrograms } from './temporal-binaries.ts';
import { startCliServer } from './temporal-cli.ts';
import { startGoServer } from './temporal-go.ts';

/**
 * The programs for this DATA_DIR: the kind that its store was made with, or, for a new store, the first kind that is available.
 * The leads' processes are in that store, and another kind could not read it.
 */
export async function chooseTemporal(dataDir: string, progress: Progress): Promise<TemporalPrograms> {
  return obtainTemporal(progress, await recordedKind(dataDir));
}

export interface TemporalServerOptions {
  programs: TemporalPrograms;
  dataDir: string;
  port: number;
  uiPort: number | undefined;
  /** The port of the embedded PostgreSQL; only the kind `go` uses it. */
  postgresPort: number;
  signal?: AbortSignal | undefined;
}

/** Starts the server on its store and resolves when it accepts connections. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<Child> {
  const { programs, ...rest } = options;
  await recordKind(options.dataDir, programs.kind);
  return programs.kind === 'cli'
    ? startCliServer({ ...rest, cli: programs.cli })
    : startGoServer({ ...rest, programs });
}

function kindFile(dataDir: string): string {
  return path.join(dataDir, 'temporal', 'kind');
}

async function recordedKind(dataDir: string): Promise<TemporalPrograms['kind'] | undefined> {
  const kind = (await readFile(kindFile(dataDir), 'utf8').catch(() => '')).trim();
  return kind === 'cli' || kind === 'go' ? kind : undefined;
}

async function recordKind(dataDir: string, kind: TemporalPrograms['kind']): Promise<void> {
  await mkdir(path.dirname(kindFile(dataDir)), { recursive: true });
  const isRecorded = await stat(kindFile(dataDir)).then(
    () => true,
    () => false,
  );
  if (!isRecorded) await writeFile(kindFile(dataDir), `${kind}\n`);
}
