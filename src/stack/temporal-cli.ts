/** The Temporal server inside the `temporal` CLI, with its UI, on a SQLite file. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { temporalAnswers } from '../temporal/connect.ts';
import { startChild, type Child } from './child.ts';
import { accepts } from './ports.ts';
import { dynamicConfigArguments } from './temporal-settings.ts';

export interface CliServerOptions {
  cli: string;
  dataDir: string;
  port: number;
  /** Left out by tests, which do not need the UI. */
  uiPort: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Starts the server. Resolves when it answers. Its store is kept from run to run. */
export async function startCliServer(options: CliServerOptions): Promise<Child> {
  const folder = path.join(options.dataDir, 'temporal');
  await mkdir(folder, { recursive: true });
  return startChild({
    name: 'temporal',
    command: options.cli,
    args: [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(options.port),
      ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
      '--db-filename',
      path.join(folder, 'temporal.sqlite'),
      '--log-level',
      'warn',
      ...dynamicConfigArguments(),
    ],
    dataDir: options.dataDir,
    ready: async () => (await accepts(options.port)) && (await temporalAnswers(`127.0.0.1:${options.port}`)),
    signal: options.signal,
    stopTimeoutMs: 15_000,
  });
}
