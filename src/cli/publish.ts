/** Publishing from the command line, and by `npm start` in development. */
import { userInfo } from 'node:os';
import type { Config } from '../runtime/config.ts';
import { isAppError } from '../domain/errors.ts';
import { publicationInWords, publish } from '../playbook/publish.ts';
import { watchFolders } from '../playbook/watch.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';
import { migrate } from '../store/migrations/migrate.ts';
import type { Publication, Publisher } from '../store/rules/publish-revision.ts';
import type { Answer } from './command.ts';

/** One connection: what is published is a transaction. */
const CONNECTIONS = 1;

/** @throws AppError PLAYBOOK_INVALID, PLAYBOOK_OUTDATED, STORED_BY_NEWER, UNAVAILABLE */
export async function publishFolders(config: Config, publisher: Publisher): Promise<Publication> {
  return withDb(config, (db) => publish(config, db, publisher));
}

/** The command `publish`. It migrates the database first, because it may be the first command of an installation. */
export async function publishCommand(
  config: Config,
  { author = userName(), ...rest }: { author?: string; note?: string; base?: number },
): Promise<Answer> {
  await migrate(config.databaseUrl);
  const publication = await publishFolders(config, { author, ...rest });
  return { data: publication, text: describe(publication) };
}

function describe({ revision, changes }: Publication): string {
  if (changes.length === 0) return `Nothing changed: playbook revision ${revision} says the same already.`;
  const lines = changes.map(({ file, change }) => `  ${change.padEnd(8)} ${file}`);
  return [`Published playbook revision ${revision}:`, ...lines].join('\n');
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user without a name.
    return 'unknown';
  }
}

/** Whoever starts the stack in development publishes by saving a file. */
const DEVELOPER: Publisher = { author: 'development', note: 'published by npm start' };

/** What the stack is told in development: once at its start, and while it runs. */
export async function publishAtStart(config: Config, say: (text: string) => void): Promise<void> {
  const publication = await publishFolders(config, DEVELOPER);
  if (publication.changes.length > 0) say(`  ${shortened(publication)}`);
}

/** Publishes the folders each time they change. A mistake is told, and what was running goes on. Returns how to stop. */
export function publishWhileRunning(config: Config, say: (text: string) => void): () => Promise<void> {
  return watchFolders(config, async () => {
    try {
      const publication = await publishFolders(config, DEVELOPER);
      if (publication.changes.length > 0) say(shortened(publication));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const goesOn = 'Not published: the revision that was published before stays in force.';
      say(isAppError(error) ? `${message}\n${goesOn}` : `The playbook could not be published: ${message}`);
    }
  });
}

/** The first start has everything new: that is too much for a line. */
function shortened(publication: Publication): string {
  const { revision, changes } = publication;
  return changes.length > 6
    ? `published playbook revision ${revision}: ${changes.length} files`
    : publicationInWords(publication);
}

async function withDb<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const db = createDb(config.databaseUrl, { max: CONNECTIONS });
  try {
    return await work(db);
  } finally {
    await closeDb(db);
  }
}
