/** The Temporal web UI as a program of its own, for the server built with Go; the CLI brings its own UI. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { startChild, type Child } from './child.ts';
import { accepts } from './ports.ts';
import { uiYaml } from './temporal-settings.ts';

export interface TemporalUiOptions {
  program: string;
  dataDir: string;
  port: number;
  temporalAddress: string;
  namespace: string;
  signal?: AbortSignal | undefined;
}

/** Starts it and resolves when it listens. The Temporal server may come up later. */
export async function startTemporalUi(options: TemporalUiOptions): Promise<Child> {
  const folder = path.join(options.dataDir, 'temporal', 'ui');
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'development.yaml'),
    uiYaml(options.port, options.temporalAddress, options.namespace),
  );
  return startChild({
    name: 'temporal-ui',
    command: options.program,
    args: ['--root', folder, '--config', '.', '--env', 'development', 'start'],
    dataDir: options.dataDir,
    ready: () => accepts(options.port),
    signal: options.signal,
  });
}
