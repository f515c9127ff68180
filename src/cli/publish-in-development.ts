/** `npm start` in development publishes the folders: at its start, and each time they change while it runs. */
import { isAppError } from '../domain/errors.ts';
import { publicationInWords, publishRead } from '../playbook/publish.ts';
import { readFolders } from '../playbook/read-folders.ts';
import { watchFolders } from '../playbook/watch.ts';
import type { Config } from '../runtime/config.ts';
import type { Db } from '../store/db.ts';
import { contentHash } from '../store/rules/content-hash.ts';
import { isPublished, publishedBy } from '../store/rules/earlier-revision.ts';
import type { Publication, Publisher } from '../store/rules/publish-revision.ts';
import { newestRevision } from '../store/rules/read-rules.ts';
import { lastPublished, rememberPublished } from './last-published.ts';
import { withPublishDb } from './publish.ts';

type Say = (text: string) => void;

/** Whoever starts the stack in development publishes by saving a file. */
const DEVELOPER: Publisher = { author: 'development', note: 'published by npm start' };

/** Once, before API and worker start. Warns when the folders are older than what is in force. */
export async function publishAtStart(config: Config, say: Say): Promise<void> {
  const done = await publishChanges(config);
  if (done.kind === 'earlier') say(`  ${done.words}`);
  else if (done.publication.changes.length > 0) say(`  ${shortened(done.publication)}`);
}

/** Publishes the folders each time they change. A mistake is told, and what was running goes on. Returns how to stop. */
export function publishWhileRunning(config: Config, say: Say): () => Promise<void> {
  return watchFolders(config, async () => {
    try {
      const done = await publishChanges(config);
      if (done.kind === 'published' && done.publication.changes.length > 0) say(shortened(done.publication));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const goesOn = 'Not published: the revision that was published before stays in force.';
      say(isAppError(error) ? `${message}\n${goesOn}` : `The playbook could not be published: ${message}`);
    }
  });
}

type Done = { kind: 'published'; publication: Publication } | { kind: 'earlier'; words: string };

/**
 * Publishes the folders if they changed since they were last published from here. Otherwise somebody else may have published since,
 * and to start an old checkout must not set that back.
 */
async function publishChanges(config: Config): Promise<Done> {
  const read = await readFolders(config);
  const hash = contentHash(read);
  return withPublishDb(config, async (db) => {
    const last = await lastPublished(config);
    const isKnown = last !== null && (await isPublished(db, last));
    if (isKnown && last === hash) return standing(db, hash);
    await rememberPublished(config, hash);
    try {
      // A change that goes back to what was is meant as well.
      return { kind: 'published', publication: await publishRead(read, db, { ...DEVELOPER, again: isKnown }) };
    } catch (error) {
      if (isAppError(error) && error.code === 'PLAYBOOK_EARLIER') return earlier(db);
      throw error;
    }
  });
}

/** The folders are as they were when they were last published. */
async function standing(db: Db, hash: string): Promise<Done> {
  const revision = await newestRevision(db);
  const isNewest = await isPublished(db, hash, revision);
  return isNewest ? { kind: 'published', publication: { revision, changes: [], runs: [] } } : earlier(db);
}

async function earlier(db: Db): Promise<Done> {
  const newest = await newestRevision(db);
  const words =
    `The playbook of this folder was published before, and playbook revision ${newest} (${await publishedBy(db, newest)}) is newer: ` +
    `revision ${newest} stays in force. A changed file is published; \`npx nurture publish --again\` publishes the folder as it is.`;
  return { kind: 'earlier', words };
}

/** The first start has everything new: that is too much for a line. */
function shortened(publication: Publication): string {
  const { revision, changes } = publication;
  return changes.length > 6
    ? `published playbook revision ${revision}: ${changes.length} files`
    : publicationInWords(publication);
}
