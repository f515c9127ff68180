/** The servers that the embedded stack starts itself: PostgreSQL, Temporal with its UI, the mail inbox. */
import type { Config } from '../runtime/config.ts';
import { migrate } from '../store/migrations/migrate.ts';
import { prepareTemporal } from '../temporal/prepare.ts';
import { keepAlive, type KeptProcess } from './keep-alive.ts';
import { startMailInbox } from './mail.ts';
import { startPostgres } from './postgres.ts';
import type { Progress } from './progress.ts';
import type { TemporalPrograms } from './temporal-binaries.ts';
import { chooseTemporal, startTemporalServer } from './temporal-server.ts';
import { searchAttributesRegistered } from './temporal-go.ts';
import { startTemporalUi } from './temporal-ui.ts';

export interface ServersOptions {
  config: Config;
  progress: Progress;
  signal: AbortSignal;
  /** `database`: PostgreSQL alone, migrated. */
  only?: 'database' | undefined;
  /** Takes each process as soon as it runs, so that it is stopped even when a later one fails. */
  onStarted: (process: KeptProcess) => void;
}

/**
 * Starts the servers that the configuration does not name, as many at once as possible. Resolves when the database is migrated and
 * the namespace can be used.
 *
 * @throws AppError STACK_FAILED or UNAVAILABLE; what was handed to `onStarted` is still running then
 */
export async function startServers(options: ServersOptions): Promise<void> {
  const { config } = options;
  if (options.only === 'database') {
    await startDatabase(options, undefined);
    return step(options, 'Database migrations', () => migrate(config.databaseUrl));
  }
  // A download or a build takes minutes, and can be interrupted at any time.
  const programs = config.embedded.temporal
    ? Promise.race([chooseTemporal(config.dataDir, options.progress), rejectOn(options.signal)])
    : undefined;
  const postgres = programs === undefined && !config.embedded.postgres ? undefined : startDatabase(options, programs);
  await settleAll([
    (async () => {
      await postgres;
      await step(options, 'Database migrations', () => migrate(config.databaseUrl));
    })(),
    (async () => {
      if (programs !== undefined) await startTemporal(options, await programs, postgres);
      await step(options, `Temporal namespace ${config.temporal.namespace}`, () => prepareTemporal(config.temporal));
      if ((await programs)?.kind === 'go') await searchAttributesRegistered(config.dataDir);
    })(),
    config.embedded.mail ? startMail(options) : undefined,
  ]);
}

/** The embedded PostgreSQL serves our data, and Temporal's when its server is the kind that uses it. */
async function startDatabase(options: ServersOptions, programs: Promise<TemporalPrograms> | undefined): Promise<void> {
  const { config } = options;
  if (!config.embedded.postgres && (await programs)?.kind !== 'go') return;
  await start(options, 'PostgreSQL', (signal) =>
    startPostgres({ dataDir: config.dataDir, port: config.stack.postgresPort, durable: true, signal }),
  );
}

async function startTemporal(
  options: ServersOptions,
  programs: TemporalPrograms,
  postgres: Promise<void> | undefined,
): Promise<void> {
  const { config } = options;
  const { postgresPort, temporalPort: port, temporalUiPort: uiPort } = config.stack;
  if (programs.kind === 'go') await postgres;
  await settleAll([
    start(options, 'Temporal server', (signal) =>
      startTemporalServer({ programs, dataDir: config.dataDir, port, uiPort, postgresPort, signal }),
    ),
    programs.kind === 'go'
      ? start(options, 'Temporal UI', (signal) =>
          startTemporalUi({
            program: programs.ui,
            dataDir: config.dataDir,
            port: uiPort,
            temporalAddress: config.temporal.address,
            namespace: config.temporal.namespace,
            signal,
          }),
        )
      : undefined,
  ]);
}

async function startMail(options: ServersOptions): Promise<void> {
  const { config } = options;
  await start(options, 'Mail inbox', (signal) =>
    startMailInbox({
      dataDir: config.dataDir,
      smtpPort: config.stack.smtpPort,
      webPort: config.stack.mailUiPort,
      signal,
    }),
  );
}

/** Starts one process with a line of progress, and keeps it running. */
export async function start(
  options: ServersOptions,
  name: string,
  startOnce: Parameters<typeof keepAlive>[1],
): Promise<void> {
  await step(options, name, async () => {
    options.onStarted(await keepAlive(name, startOnce, (text) => options.progress.say(text), options.signal));
  });
}

async function step(options: ServersOptions, what: string, work: () => Promise<unknown>): Promise<void> {
  options.signal.throwIfAborted();
  const line = options.progress.begin(what);
  try {
    await work();
    line.done();
  } catch (error) {
    line.fail();
    throw error;
  }
}

/** Waits for all to end before it throws the first failure: nothing may still be starting while the rest is stopped. */
export async function settleAll(tasks: readonly (Promise<void> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(tasks.filter((task) => task !== undefined));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
