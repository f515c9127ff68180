/** `npm start` in development publishes the folders: at its start, and each time they change while it runs. */
import { isAppError } from '../domain/errors.ts';
import { changesBetween } from '../domain/playbook-changes.ts';
import { withFiles } from '../domain/playbook-files.ts';
import { publicationInWords, publishRead } from '../playbook/publish.ts';
import { readFolders, type ReadPlaybook } from '../playbook/read-folders.ts';
import { contentOfRevision } from '../playbook/roll-back.ts';
import { watchFolders } from '../playbook/watch.ts';
import type { Config } from '../runtime/config.ts';
import type { Db } from '../store/db.ts';
import { contentHash } from '../store/rules/content-hash.ts';
import { isPublished, publishedBy } from '../store/rules/earlier-revision.ts';
import type { Publication, Publisher } from '../store/rules/publish-revision.ts';
import { newestRevision } from '../store/rules/read-rules.ts';
import { changedFiles, type LastPublished, lastPublished, rememberPublished } from './last-published.ts';
import { withPublishDb } from './publish.ts';

type Say = (text: string) => void;

/** Whoever starts the stack in development publishes by saving a file. */
const DEVELOPER: Publisher = { author: 'development', note: 'published by npm start' };

/**
 * Once, before API and worker start. Warns when the folders are older than what is in force. With PUBLISH_ON_SAVE=off only what a new
 * database needs: the first revision.
 */
export async function publishAtStart(config: Config, say: Say): Promise<void> {
  if (!config.publishOnSave && (await withPublishDb(config, newestRevision)) > 0)
    return say('  PUBLISH_ON_SAVE=off: what is saved waits for `npx nurture publish`');
  const done = await publishChanges(config);
  if (done.kind === 'earlier') say(`  ${done.words}`);
  else if (done.publication.changes.length > 0) say(`  ${publishedInWords(done)}`);
}

/** Publishes the folders each time they change. A mistake is told, and what was running goes on. Returns how to stop. */
export function publishWhileRunning(config: Config, say: Say): () => Promise<void> {
  return watchFolders(config, async () => {
    try {
      const done = await publishChanges(config);
      if (done.kind === 'published' && done.publication.changes.length > 0) say(publishedInWords(done));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const goesOn = 'Not published: the revision that was published before stays in force.';
      say(isAppError(error) ? `${message}\n${goesOn}` : `The playbook could not be published: ${message}`);
    }
  });
}

type Done =
  | { kind: 'published'; publication: Publication; kept?: readonly string[] }
  | { kind: 'earlier'; words: string };

/**
 * Publishes the files that changed since these folders were last published from here. What else is in force may have been published by
 * somebody else meanwhile, or rolled back: it stays, so that neither an old checkout that starts nor the next save sets that back.
 */
async function publishChanges(config: Config): Promise<Done> {
  const read = await readFolders(config);
  return withPublishDb(config, async (db) => {
    const last = await lastPublished(config);
    const isKnown = last !== null && (await isPublished(db, last.published));
    if (isKnown && last.folders === contentHash(read)) return standing(db, last.published);
    const content = isKnown ? await onWhatIsInForce(db, read, last) : read;
    await rememberPublished(config, read, content);
    try {
      // A change that goes back to what was is meant as well.
      const publication = await publishRead(content, db, { ...DEVELOPER, again: isKnown });
      return { kind: 'published', publication, kept: changesBetween(read, content).map(({ file }) => file) };
    } catch (error) {
      if (isAppError(error) && error.code === 'PLAYBOOK_EARLIER') return earlier(db);
      throw error;
    }
  });
}

/** The folders, but for files that did not change since they were last published from here: those stay as they are in force. */
async function onWhatIsInForce(db: Db, read: ReadPlaybook, last: LastPublished): Promise<ReadPlaybook> {
  const newest = await newestRevision(db);
  const isOurs = last.folders === last.published && (await isPublished(db, last.published, newest));
  if (isOurs || last.files === null) return read;
  const { playbook, templates } = await contentOfRevision(db, newest);
  return withFiles<ReadPlaybook>({ playbook, templates }, read, changedFiles(read, last.files));
}

/** The folders are as they were when they were last published. */
async function standing(db: Db, published: string): Promise<Done> {
  const revision = await newestRevision(db);
  const isNewest = await isPublished(db, published, revision);
  return isNewest ? { kind: 'published', publication: { revision, changes: [], runs: [] } } : earlier(db);
}

async function earlier(db: Db): Promise<Done> {
  const newest = await newestRevision(db);
  const words =
    `The playbook of this folder was published before, and playbook revision ${newest} (${await publishedBy(db, newest)}) is newer: ` +
    `revision ${newest} stays in force. A changed file is published; \`npx nurture publish --again\` publishes the folder as it is.`;
  return { kind: 'earlier', words };
}

function publishedInWords({ publication, kept = [] }: Extract<Done, { kind: 'published' }>): string {
  const stay =
    kept.length === 0
      ? ''
      : `\n  not as the folder says, as somebody published or rolled back since: ${kept.join(', ')}. ` +
        'It stays until the file is changed; `npx nurture publish --again` publishes the folder as it is.';
  return `${shortened(publication)}${stay}`;
}

/** The first start has everything new: that is too much for a line. */
function shortened(publication: Publication): string {
  const { revision, changes } = publication;
  return changes.length > 6
    ? `published playbook revision ${revision}: ${changes.length} files`
    : publicationInWords(publication);
}
