/** Starts and stops the whole stack in order: the servers, the API and the worker. */
import { fileURLToPath } from 'node:url';

import { toEnvironment } from '../runtime/config-environment.ts';
import type { Config } from '../runtime/config.ts';
import { embeddedDatabaseUrl, makePasswords } from '../runtime/embedded-database.ts';
import { AppError } from '../domain/errors.ts';
import { startChild, type Child } from './child.ts';
import type { KeptProcess } from './keep-alive.ts';
import { keepPrivate } from './private-folder.ts';
import { requireFreePorts, type PortUse } from './ports.ts';
import { createProgress, type Progress } from './progress.ts';
import { takeDataDir, whoHas } from './data-dir.ts';
import { endOrphans, forgetSupervisor, recordSupervisor, type SupervisorUse } from './run-files.ts';
import { settleAll, start, startServers, type ServersOptions } from './servers.ts';

export interface Stack {
  readonly config: Config;
  readonly urls: StackUrls;
  /** The running process of a part (`API`, `Worker`, `PostgreSQL`, …), if it runs at this moment. */
  find(name: string): Child | undefined;
  /** Stops every process in order. Resolves when none is left. */
  stop(): Promise<void>;
}

export interface StackUrls {
  readonly api: string;
  readonly docs: string;
  readonly temporalUi: string;
  /** Undefined when SMTP_URL names another mail server. */
  readonly mail: string | undefined;
}

export interface StackOptions {
  progress?: Progress;
  /** Aborted by Ctrl-C while the stack starts: then every process is stopped, and `startStack` throws. */
  signal?: AbortSignal;
  /** Called once the servers are up and the database is migrated, before API and worker start. */
  beforeEntries?: (config: Config) => Promise<void>;
  /** The program run as `<entry> api` and `<entry> worker`. False starts the servers alone. */
  entry?: string | false;
  /** `database`: PostgreSQL alone, without API and worker. */
  only?: 'database';
  /** `command`: for one command alone. Other commands wait until it has ended, instead of using its servers. `stack` without it. */
  use?: SupervisorUse;
}

const DEFAULT_ENTRY = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

/** Parts in the order they stop: each part stops before the parts that it calls. */
const STOP_ORDER = ['API', 'Worker', 'Mail inbox', 'Temporal UI', 'Temporal server', 'PostgreSQL'];

/**
 * Starts the stack and resolves when the API answers. Processes that a killed supervisor left running under the same DATA_DIR
 * are ended first. While another command has servers of its own there, it waits.
 *
 * @throws AppError STACK_FAILED, UNAVAILABLE or CONFIG_INVALID; nothing is left running then
 */
export async function startStack(given: Config, options: StackOptions = {}): Promise<Stack> {
  const { progress = createProgress(), signal = new AbortController().signal, only, use = 'stack' } = options;
  const entry = only === 'database' ? false : (options.entry ?? DEFAULT_ENTRY);
  await keepPrivate(given.dataDir);
  const config = withPasswords(given);
  await becomeSupervisor(config, { progress, signal, use });
  const running: KeptProcess[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopAll(config, running));
  try {
    await requireFreePorts(portsOf(config, entry !== false, only));
    const serverOptions: ServersOptions = {
      config,
      progress,
      signal,
      only,
      onStarted: (process) => running.push(process),
    };
    await startServers(serverOptions);
    await options.beforeEntries?.(config);
    if (entry !== false)
      await settleAll([startEntry(serverOptions, entry, 'worker'), startEntry(serverOptions, entry, 'api')]);
    signal.throwIfAborted();
    await recordSupervisor(config.dataDir, { use, isReady: true });
  } catch (error) {
    await stop();
    // A part that failed because of the interruption is not reported as a failure.
    signal.throwIfAborted();
    throw error;
  }
  return {
    config,
    urls: urlsOf(config),
    find: (name) => running.find((process) => process.name === name)?.current(),
    stop,
  };
}

/** The passwords of the embedded PostgreSQL are made by its first start: from here on they stand in the configuration. */
export function withPasswords(config: Config): Config {
  if (!config.embedded.postgres) return config;
  makePasswords(config.dataDir);
  return { ...config, databaseUrl: embeddedDatabaseUrl(config.dataDir, config.stack.postgresPort) };
}

/** At most one supervisor uses a DATA_DIR. */
async function becomeSupervisor(
  { dataDir }: Config,
  { use, ...waiting }: { progress: Progress; signal: AbortSignal; use: SupervisorUse },
): Promise<void> {
  do {
    const other = await whoHas(dataDir, waiting);
    if (other !== null && other.pid !== process.pid) throw stackRuns(dataDir, other.pid);
  } while (!(await takeDataDir(dataDir, use)));
  const ended = await endOrphans(dataDir);
  if (ended.length > 0) waiting.progress.say(`  Ended what an earlier run left behind: ${ended.join(', ')}.`);
}

function stackRuns(dataDir: string, pid: number): AppError {
  return new AppError(
    'STACK_FAILED',
    `A stack is already running on ${dataDir} (process ${pid}): stop it, or set DATA_DIR and the ports for a second one.`,
  );
}

async function startEntry(options: ServersOptions, entry: string, command: 'api' | 'worker'): Promise<void> {
  const { config } = options;
  await start(options, command === 'api' ? 'API' : 'Worker', (signal) =>
    startChild({
      name: command,
      command: process.execPath,
      args: [entry, command],
      dataDir: config.dataDir,
      env: { ...process.env, ...toEnvironment(config), NURTURE_SUPERVISED: '1' },
      channel: true,
      stopTimeoutMs: 15_000,
      signal,
    }),
  );
}

async function stopAll(config: Config, running: readonly KeptProcess[]): Promise<void> {
  for (const name of STOP_ORDER) {
    await Promise.all(running.filter((process) => process.name === name).map((process) => process.stop()));
  }
  await forgetSupervisor(config.dataDir);
}

function portsOf(config: Config, withEntries: boolean, only: StackOptions['only']): PortUse[] {
  const { embedded, stack } = config;
  const uses: PortUse[] = [];
  if (embedded.postgres) uses.push({ port: stack.postgresPort, purpose: 'PostgreSQL', variable: 'POSTGRES_PORT' });
  if (only === 'database') return uses;
  if (embedded.temporal) {
    uses.push({ port: stack.temporalPort, purpose: 'the Temporal server', variable: 'TEMPORAL_PORT' });
    uses.push({ port: stack.temporalUiPort, purpose: 'the Temporal UI', variable: 'TEMPORAL_UI_PORT' });
  }
  if (embedded.mail) {
    uses.push({ port: stack.smtpPort, purpose: 'the mail inbox', variable: 'SMTP_PORT' });
    uses.push({ port: stack.mailUiPort, purpose: 'the page of the mail inbox', variable: 'MAIL_UI_PORT' });
  }
  if (withEntries) {
    uses.push({ port: config.port, purpose: 'the API', variable: 'PORT' });
    uses.push({
      port: config.workerMetricsPort,
      purpose: 'the metrics of the worker',
      variable: 'WORKER_METRICS_PORT',
    });
  }
  return uses;
}

function urlsOf(config: Config): StackUrls {
  return {
    api: config.publicUrl,
    docs: `${config.publicUrl}/docs`,
    temporalUi: config.temporal.uiUrl,
    mail: config.embedded.mail ? `http://localhost:${config.stack.mailUiPort}` : undefined,
  };
}
