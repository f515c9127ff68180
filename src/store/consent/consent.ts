import { MARKETING } from '../../domain/consent.ts';
import { newId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';
import { type Consent, Prisma } from '../generated/client.ts';
import type { StatedConsent } from '../capture/submission.ts';

/**
 * Keeps a yes or a no with its proof; the latest decides. A yes lifts the suppression of an earlier unsubscribe, never one
 * for a bounce, a complaint or by hand.
 */
export async function insertConsent(
  tx: Tx,
  lead: { id: string; email: string | null },
  consent: StatedConsent,
  at: Date,
): Promise<void> {
  const { granted = true, text, version = null, source } = consent;
  await tx.$executeRaw`
    WITH lifted AS (
      DELETE FROM suppressions
      WHERE ${granted} AND email = ${lead.email} AND reason = 'unsubscribed' AND occurred_at <= ${at}
    )
    INSERT INTO consents (id, lead_id, topic, granted, text, version, source, occurred_at)
    VALUES (${newId('consent')}, ${lead.id}, ${MARKETING}, ${granted}, ${text}, ${version}, ${source}, ${at})`;
}

/** The latest word of a lead on mail at all, as a subquery. `leadId`: an expression. By the rule of `latestWord` in the domain. */
export function latestConsent(leadId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    SELECT * FROM consents WHERE lead_id = ${leadId} AND topic = ${MARKETING} ORDER BY occurred_at DESC, id DESC LIMIT 1)`;
}

export async function readLatestConsent(tx: Tx, leadId: string): Promise<Consent | null> {
  const [latest] = await tx.$queryRaw<Consent[]>`
    SELECT id, lead_id AS "leadId", topic, granted, text, version, source, occurred_at AS "occurredAt", recorded_at AS "recordedAt"
    FROM ${latestConsent(Prisma.sql`${leadId}`)} latest`;
  return latest ?? null;
}
