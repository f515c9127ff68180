/** The rows of newsletters: what their schedules are to be, whether they stand still, and what did not go out. */
import { AppError } from '../../domain/errors.ts';
import type { WantedSchedule } from '../../domain/newsletter.ts';
import { audit } from '../audit.ts';
import type { Db, Tx } from '../db.ts';
import type { Newsletter as Row } from '../generated/client.ts';

export interface NewsletterRow extends Omit<Row, 'schedule'> {
  schedule: WantedSchedule | null;
}

/** Those of the playbook, by key. */
export async function listNewsletters(db: Db): Promise<NewsletterRow[]> {
  const rows = await db.newsletter.findMany({ orderBy: { key: 'asc' } });
  return rows.map(typed).filter(({ schedule }) => schedule !== null);
}

/** @throws AppError NOT_FOUND for one that the playbook does not have */
export async function findNewsletter(db: Db | Tx, key: string): Promise<NewsletterRow> {
  const row = await db.newsletter.findUnique({ where: { key } });
  if (row === null || row.schedule === null)
    throw new AppError('NOT_FOUND', 'There is no such newsletter: newsletters.yaml of the playbook lists them.');
  return typed(row);
}

/** Null when there never was one. Locked until the transaction ends: of two firings the second finds what the first did. */
export async function lockNewsletter(tx: Tx, key: string): Promise<NewsletterRow | null> {
  await tx.$queryRaw`SELECT key FROM newsletters WHERE key = ${key} FOR UPDATE`;
  const row = await tx.newsletter.findUnique({ where: { key } });
  return row === null ? null : typed(row);
}

/** Pauses or resumes; its schedule is told after the commit. The same again changes nothing. @throws AppError NOT_FOUND */
export async function changeNewsletter(
  db: Db,
  key: string,
  to: 'paused' | 'resumed',
  by: string,
): Promise<NewsletterRow> {
  return db.$transaction(async (tx) => {
    await lockNewsletter(tx, key);
    const before = await findNewsletter(tx, key);
    if ((before.pausedAt !== null) === (to === 'paused')) return before;
    const at = new Date();
    const stands = to === 'paused' ? { pausedAt: at, pausedBy: by } : { pausedAt: null, pausedBy: null };
    const row = await tx.newsletter.update({
      where: { key },
      data: { ...stands, passedAt: null, passedBecause: null, wanted: { increment: 1 } },
    });
    await audit(tx, { leadId: null, actor: by, at }, { action: 'newsletter.changed', data: { newsletter: key, to } });
    return typed(row);
  });
}

/** Keys of those whose schedule is not yet as it is to be; `all`: of those that are to have one too. */
export async function newslettersToSync(db: Db, all: boolean): Promise<string[]> {
  const rows = await db.$queryRaw<{ key: string }[]>`
    SELECT key FROM newsletters WHERE synced < wanted OR (${all} AND schedule IS NOT NULL) ORDER BY key`;
  return rows.map(({ key }) => key);
}

/** Writes how far Temporal has come with the row that is locked. */
export async function keepSynced(tx: Tx, { key, wanted }: NewsletterRow, error: string | null): Promise<void> {
  const data = error === null ? { synced: wanted, syncError: null } : { syncError: error.slice(0, 300) };
  await tx.newsletter.update({ where: { key }, data });
}

export function typed(row: Row): NewsletterRow {
  return { ...row, schedule: row.schedule as WantedSchedule | null };
}
