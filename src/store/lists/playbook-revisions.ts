import type { Db } from '../db.ts';
import type { PlaybookRevision } from '../generated/client.ts';

/** A playbook revision without what it says. */
export type ListedPlaybookRevision = Pick<
  PlaybookRevision,
  'number' | 'hash' | 'formatVersion' | 'author' | 'note' | 'publishedAt' | 'leadsFollow'
>;

const LISTED = {
  number: true,
  hash: true,
  formatVersion: true,
  author: true,
  note: true,
  publishedAt: true,
  leadsFollow: true,
} as const;

/** Newest first; those before `before`, and at most `limit`. */
export async function listPlaybookRevisions(
  db: Db,
  before: number | null,
  limit: number,
): Promise<ListedPlaybookRevision[]> {
  return db.playbookRevision.findMany({
    ...(before === null ? {} : { where: { number: { lt: before } } }),
    orderBy: { number: 'desc' },
    take: limit,
    select: LISTED,
  });
}

export async function readPlaybookRevision(db: Db, number: number): Promise<ListedPlaybookRevision> {
  return db.playbookRevision.findUniqueOrThrow({ where: { number }, select: LISTED });
}
