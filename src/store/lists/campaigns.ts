import type { Db } from '../db.ts';

/** Anybody can name one in a form. */
const MOST_UNLISTED = 200;

/** Campaigns that touches name and no published playbook has listed: since when, the oldest first. */
export async function readUnlisted(db: Db): Promise<{ key: string; since: Date }[]> {
  return db.$queryRaw<{ key: string; since: Date }[]>`
    SELECT key, unknown_since AS since FROM campaigns WHERE unknown_since IS NOT NULL
    ORDER BY unknown_since, key LIMIT ${MOST_UNLISTED}`;
}
