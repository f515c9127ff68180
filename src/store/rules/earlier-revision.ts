import { isAppError } from '../../domain/errors.ts';
import { minuteInUtc } from '../../domain/when.ts';
import type { Db, Tx } from '../db.ts';
import { PLAYBOOK_VERSION } from '../stored/playbook.ts';
import { contentHash } from './content-hash.ts';
import { readRules } from './read-rules.ts';

/** Who published it and when, in words. */
type Named = { number: number; words: string };

interface Row {
  number: number;
  formatVersion: number;
  hash: string;
}

/** The latest revision before `newest` that says what has this hash; null when none does. */
export async function earlierWith(tx: Tx, hash: string, newest: number): Promise<Named | null> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT number, format_version AS "formatVersion", hash FROM playbook_revisions
    WHERE number < ${newest} AND (hash = ${hash} OR format_version < ${PLAYBOOK_VERSION}) ORDER BY number DESC`;
  for (const row of rows)
    if (row.hash === hash || (await hashOfToday(tx, row)) === hash)
      return { number: row.number, words: await publishedBy(tx, row.number) };
  return null;
}

/** An older version of the engine wrote the same content in another shape, and so with another hash. */
async function hashOfToday(tx: Tx, { number, formatVersion }: Row): Promise<string | null> {
  if (formatVersion === PLAYBOOK_VERSION) return null;
  try {
    return contentHash(await readRules(tx, number));
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

/** Whether a revision (this one, if it is named) says what has this hash. */
export async function isPublished(db: Db, hash: string, number?: number): Promise<boolean> {
  const where = { hash, ...(number === undefined ? {} : { number }) };
  return (await db.playbookRevision.findFirst({ where, select: { number: true } })) !== null;
}

/** "by Helen, 2026-11-20 09:00 UTC" */
export async function publishedBy(db: Db | Tx, number: number): Promise<string> {
  const { author, publishedAt } = await db.playbookRevision.findUniqueOrThrow({
    where: { number },
    select: { author: true, publishedAt: true },
  });
  return `by ${author}, ${minuteInUtc(publishedAt)}`;
}
