import type { Tx } from '../db.ts';

/**
 * The rep who has a colleague of the lead at its company, or who had one last. Two leads of a company that are routed at once come one
 * after the other: the second finds the rep of the first.
 */
export async function repOfAccount(tx: Tx, accountId: string, leadId: string): Promise<string | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${accountId}, 45))`;
  const [row] = await tx.$queryRaw<{ repId: string }[]>`
    SELECT a.rep_id AS "repId"
    FROM leads l JOIN assignments a ON a.lead_id = l.id JOIN needs n ON n.id = a.need_id
    WHERE l.account_id = ${accountId} AND l.id <> ${leadId} AND a.status IN ('offered', 'accepted')
    ORDER BY n.closed_at IS NOT NULL, a.created_at DESC, a.id DESC LIMIT 1`;
  return row?.repId ?? null;
}

/** The rep who had the lead's need before this one. */
export async function repOfEarlierNeed(tx: Tx, leadId: string, needId: string): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ repId: string }[]>`
    SELECT owner_id AS "repId" FROM needs
    WHERE lead_id = ${leadId} AND id <> ${needId} AND owner_id IS NOT NULL ORDER BY opened_at DESC, id DESC LIMIT 1`;
  return row?.repId ?? null;
}
