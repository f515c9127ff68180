/** What the folders of the marketer last published from this machine, kept in DATA_DIR: `npm start` publishes what changed since. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { contentsOf, type PlaybookContent } from '../domain/playbook-changes.ts';
import type { Config } from '../runtime/config.ts';
import { contentHash } from '../store/rules/content-hash.ts';

type Place = Pick<Config, 'dataDir' | 'playbookDir' | 'templatesDir'>;

export interface LastPublished {
  /** Hash of what the folders said. */
  folders: string;
  /** Hash of what was published from them: the same, unless files that somebody rolled back stayed as they were in force. */
  published: string;
  /** Hash of what each file said. Null where an older version of the engine wrote this down. */
  files: Readonly<Record<string, string>> | null;
}

/** Null when nothing is known of these folders. */
export async function lastPublished(place: Place): Promise<LastPublished | null> {
  const known = (await readAll(place))[keyOf(place)] ?? null;
  return typeof known === 'string' ? { folders: known, published: known, files: null } : known;
}

/** Written before the content is published as well: who asks compares with what the database has. */
export async function rememberPublished(
  place: Place,
  folders: PlaybookContent,
  published: PlaybookContent = folders,
): Promise<void> {
  const known = await readAll(place);
  const last: LastPublished = {
    folders: contentHash(folders),
    published: contentHash(published),
    files: hashesOfFiles(folders),
  };
  if (JSON.stringify(known[keyOf(place)]) === JSON.stringify(last)) return;
  await mkdir(place.dataDir, { recursive: true });
  await writeFile(fileOf(place), `${JSON.stringify({ ...known, [keyOf(place)]: last }, null, 2)}\n`, { mode: 0o600 });
}

/** The files that say something else than they did, those that are new and those that are gone. */
export function changedFiles(now: PlaybookContent, before: NonNullable<LastPublished['files']>): Set<string> {
  const hashes = hashesOfFiles(now);
  const files = new Set([...Object.keys(before), ...Object.keys(hashes)]);
  return new Set([...files].filter((file) => before[file] !== hashes[file]));
}

function hashesOfFiles(content: PlaybookContent): Record<string, string> {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
  return Object.fromEntries([...contentsOf(content)].map(([file, text]) => [file, hash(text)]));
}

/** A file that is not there, or was cut off as it was written, says nothing. */
async function readAll(place: Place): Promise<Record<string, LastPublished | string>> {
  try {
    return JSON.parse(await readFile(fileOf(place), 'utf8')) as Record<string, LastPublished | string>;
  } catch {
    return {};
  }
}

function keyOf({ playbookDir, templatesDir }: Place): string {
  return `${path.resolve(playbookDir)} ${path.resolve(templatesDir)}`;
}

function fileOf({ dataDir }: Place): string {
  return path.join(dataDir, 'last-published.json');
}
