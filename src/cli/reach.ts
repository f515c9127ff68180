/** What a command needs that runs: the database, Temporal beside it, or the API. What does not run is started for the command, where the embedded stack has it. */
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import { onInterruption } from '../stack/interruption.ts';
import { createProgress, type Progress } from '../stack/progress.ts';
import { whoHas } from '../stack/data-dir.ts';
import type { Supervisor } from '../stack/run-files.ts';
import { startStack, withPasswords, type StackOptions } from '../stack/supervisor.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';
import { answersAt } from './at-hand.ts';
import { createApiClient, type ApiClient } from './client.ts';
import { withStack } from './stack.ts';

const WITHOUT = 'Without anything that runs there are: validate, preview with a persona, playbook new.';

/**
 * For commands that read across all leads.
 * @throws AppError UNAVAILABLE, STACK_FAILED
 */
export async function withDatabase<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  if (!config.embedded.postgres) {
    if (await answersAt(config.databaseUrl)) return use(config, work);
    throw new AppError('UNAVAILABLE', `The database of DATABASE_URL does not answer. ${WITHOUT}`);
  }
  // What a killed stack left behind serves as well.
  const isServed = (holder: Supervisor | null): Promise<boolean> =>
    holder === null ? answersAt(config.databaseUrl) : Promise.resolve(true);
  return withOwn(config, { only: 'database', isServed }, (ready) => use(ready, work));
}

/**
 * Uses the servers that the configuration names, or those of a stack that is running. Otherwise starts the embedded ones for this
 * command, and stops them afterwards. Ctrl-C, SIGTERM or a closed terminal abort `signal`.
 *
 * @throws AppError STACK_FAILED, UNAVAILABLE; AbortError when it was interrupted
 */
export async function withServers<T>(
  given: Config,
  work: (config: Config, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Nothing of what such a command does is mailed.
  const config = { ...given, embedded: { ...given.embedded, mail: false } };
  const { postgres, temporal } = config.embedded;
  if (!(postgres || temporal)) return work(config, interruption().signal);
  return withOwn(config, { entry: false, isServed: (holder) => Promise.resolve(holder !== null) }, work);
}

/** Works with what serves already, or with servers of its own, which it stops afterwards. */
async function withOwn<T>(
  config: Config,
  { isServed, ...options }: StackOptions & { isServed: (holder: Supervisor | null) => Promise<boolean> },
  work: (ready: Config, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interrupted = interruption();
  const { signal } = interrupted;
  if (await isServed(await whoHas(config.dataDir, interrupted))) return work(withPasswords(config), signal);
  const stack = await startStack(config, { ...options, ...interrupted, use: 'command' });
  try {
    return await work(stack.config, signal);
  } finally {
    await stack.stop();
  }
}

function interruption(): { progress: Progress; signal: AbortSignal } {
  const progress = createProgress(process.stderr);
  return { progress, signal: onInterruption(() => progress.say('\nStopping …')) };
}

/**
 * For commands about one lead: policy, verdicts and the audit are those of the API.
 * @throws AppError UNAVAILABLE, STACK_FAILED
 */
export async function withApi<T>(config: Config, work: (api: ApiClient) => Promise<T>): Promise<T> {
  const { url, key } = config.client;
  const { embedded } = config;
  const isOurs = process.env['NURTURE_API_URL'] === undefined && embedded.postgres && embedded.temporal;
  if (isOurs) await whoHas(config.dataDir, { progress: createProgress(process.stderr) });
  if (await answersAt(url)) return work(createApiClient(url, key));
  if (!isOurs)
    throw new AppError(
      'UNAVAILABLE',
      `The API at ${url} does not answer: start it, or set NURTURE_API_URL. ${WITHOUT}`,
    );
  const results: T[] = [];
  await withStack(config, { quiet: true, use: 'command' }, async (stack) => {
    results.push(await work(createApiClient(stack.urls.api, stack.config.adminApiKey)));
  });
  const [result] = results;
  if (result === undefined) throw new AppError('UNAVAILABLE', 'The stack was stopped before there was an answer.');
  return result;
}

async function use<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    return await work(db);
  } finally {
    await closeDb(db);
  }
}
