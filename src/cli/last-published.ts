/** What the folders of the marketer last published from this machine, kept in DATA_DIR: `npm start` publishes what changed since. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../runtime/config.ts';

type Place = Pick<Config, 'dataDir' | 'playbookDir' | 'templatesDir'>;

/** Hash of the content; null when nothing is known of these folders. */
export async function lastPublished(place: Place): Promise<string | null> {
  return (await readAll(place))[keyOf(place)] ?? null;
}

/** Written before the content is published as well: who asks compares with what the database has. */
export async function rememberPublished(place: Place, hash: string): Promise<void> {
  const known = await readAll(place);
  if (known[keyOf(place)] === hash) return;
  await mkdir(place.dataDir, { recursive: true });
  await writeFile(fileOf(place), `${JSON.stringify({ ...known, [keyOf(place)]: hash }, null, 2)}\n`, { mode: 0o600 });
}

/** A file that is not there, or was cut off as it was written, says nothing. */
async function readAll(place: Place): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(fileOf(place), 'utf8')) as Record<string, string>;
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
