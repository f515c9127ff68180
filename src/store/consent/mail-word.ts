import { latestWord, type MailWord } from '../../domain/consent.ts';
import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { latestConsents } from './consent.ts';

/** What the lead said on each topic, and what stands against its address, in one statement. */
export async function readMailWord(tx: Tx, lead: { id: string; email: string | null }): Promise<MailWord> {
  const [word] = await tx.$queryRaw<MailWord[]>`
    SELECT
      ARRAY(SELECT reason FROM suppressions WHERE email = ${lead.email} ORDER BY occurred_at, id) AS "suppressions",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('topic', topic, 'granted', granted, 'id', id,
          'atMs', extract(epoch FROM occurred_at) * 1000)), '[]')
        FROM ${latestConsents(Prisma.sql`${lead.id}`)} latest) AS "words"`;
  return word ?? { suppressions: [], words: [] };
}

/** Whether the person unsubscribed, or withdrew a yes, and has not given one since. */
export async function hasSaidNo(tx: Tx, lead: { id: string; email: string | null }): Promise<boolean> {
  const { words, suppressions } = await readMailWord(tx, lead);
  return latestWord(words)?.granted === false || suppressions.includes('unsubscribed');
}
