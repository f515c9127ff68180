/** Publishing from the command line. */
import type { Config } from '../runtime/config.ts';
import { DEFAULT_RATE } from '../domain/bulk-run.ts';
import { AppError } from '../domain/errors.ts';
import { moveLeads } from '../playbook/follow.ts';
import { publishRead } from '../playbook/publish.ts';
import { contentOfRevision } from '../playbook/roll-back.ts';
import { readFolders } from '../playbook/read-folders.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';
import { migrate } from '../store/migrations/migrate.ts';
import { contentHash } from '../store/rules/content-hash.ts';
import { type Publication, type Publisher, publishRevision } from '../store/rules/publish-revision.ts';
import type { Answer } from './command.ts';
import { rememberPublished } from './last-published.ts';
import { userName } from './user-name.ts';

/** @throws AppError PLAYBOOK_INVALID, PLAYBOOK_OUTDATED, PLAYBOOK_EARLIER, STORED_BY_NEWER, UNAVAILABLE */
export async function publishFolders(config: Config, publisher: Publisher): Promise<Publication> {
  const read = await readFolders(config);
  const publication = await withPublishDb(config, (db) => publishRead(read, db, publisher));
  // In development `npm start` must not take what was published by hand for a change of the folders.
  if (config.env !== 'production') await rememberPublished(config, contentHash(read));
  return publication;
}

export interface PublishChoice {
  author?: string;
  note?: string;
  base?: number;
  again?: boolean;
  migrate?: boolean;
  restart?: boolean;
  cadence?: string;
  rate?: number;
  /** The playbook revision whose content is published again, instead of the folders. */
  revision?: number;
}

/** The command `publish`. It migrates the database first, because it may be the first command of an installation. */
export async function publishCommand(
  config: Config,
  {
    author = userName(),
    migrate: isMigrating,
    restart,
    cadence,
    rate = DEFAULT_RATE,
    revision,
    ...rest
  }: PublishChoice,
): Promise<Answer> {
  await migrate(config.databaseUrl);
  const kind = isMigrating === true ? 'migrate' : restart === true ? 'restart' : null;
  if (kind === null && cadence !== undefined)
    throw new AppError('VALIDATION_FAILED', '--cadence says whose leads move: give --migrate or --restart with it.');
  const publisher: Publisher = {
    author,
    ...rest,
    ...(kind === null
      ? {}
      : { follow: (tx, cadences) => moveLeads(tx, cadences, { kind, cadence, rate, by: author }) }),
  };
  const publication =
    revision === undefined ? await publishFolders(config, publisher) : await rollBack(config, revision, publisher);
  return { data: publication, text: describe(publication) };
}

/** The folders stay as they are, and `npm start` does not take them for changed. */
function rollBack(config: Config, revision: number, publisher: Publisher): Promise<Publication> {
  const note = publisher.note ?? `Back to revision ${revision}`;
  return withPublishDb(config, async (db) =>
    publishRevision(db, await contentOfRevision(db, revision), { ...publisher, note, again: true }),
  );
}

function describe({ revision, changes, runs }: Publication): string {
  const moving =
    runs.length === 0 ? [] : [`Leads are moved by ${runs.join(', ')}: GET /v1/migrations says how far they are.`];
  if (changes.length === 0)
    return [`Nothing changed: playbook revision ${revision} says the same already.`, ...moving].join('\n');
  const lines = changes.map(({ file, change }) => `  ${change.padEnd(8)} ${file}`);
  return [`Published playbook revision ${revision}:`, ...lines, ...moving].join('\n');
}

/** One connection: what is published is a transaction. */
export async function withPublishDb<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    return await work(db);
  } finally {
    await closeDb(db);
  }
}
