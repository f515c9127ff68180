import { MARKETING } from '../../domain/consent.ts';
import { newId } from '../../domain/ids.ts';
import type { Db, Tx } from '../db.ts';
import { type Consent, Prisma } from '../generated/client.ts';
import type { StatedConsent } from '../capture/submission.ts';

/**
 * Stores a consent or a refusal with its proof. The latest one decides. A consent lifts the suppression of an earlier unsubscribe,
 * never one for a bounce, a complaint or by hand. An unconfirmed consent is only shown. It decides and lifts nothing.
 */
export async function insertConsent(
  tx: Tx,
  lead: { id: string; email: string | null },
  consent: StatedConsent & { unconfirmed?: boolean },
  at: Date,
): Promise<void> {
  const { granted = true, unconfirmed: stated = false, text, version = null, source } = consent;
  // A refusal needs no confirmation.
  const unconfirmed = granted && stated;
  await tx.$executeRaw`
    WITH lifted AS (
      DELETE FROM suppressions
      WHERE ${granted && !unconfirmed} AND email = ${lead.email} AND reason = 'unsubscribed' AND occurred_at <= ${at}
    )
    INSERT INTO consents (id, lead_id, topic, granted, unconfirmed, text, version, source, occurred_at)
    VALUES (${newId('consent')}, ${lead.id}, ${MARKETING}, ${granted}, ${unconfirmed}, ${text}, ${version}, ${source}, ${at})`;
}

/**
 * The latest word of a lead on mail at all, as a subquery; what is unconfirmed is none. `leadId`: an expression. By the rule of
 * `latestWord` in the domain.
 */
export function latestConsent(leadId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    SELECT * FROM consents WHERE lead_id = ${leadId} AND topic = ${MARKETING} AND NOT unconfirmed ORDER BY occurred_at DESC, id DESC LIMIT 1)`;
}

export async function readLatestConsent(tx: Tx, leadId: string): Promise<Consent | null> {
  const [latest] = await tx.$queryRaw<Consent[]>`
    SELECT id, lead_id AS "leadId", topic, granted, unconfirmed, text, version, source, occurred_at AS "occurredAt", recorded_at AS "recordedAt"
    FROM ${latestConsent(Prisma.sql`${leadId}`)} latest`;
  return latest ?? null;
}

/** The latest yes to mail that the person has yet to confirm. */
export async function readUnconfirmedConsent(db: Db, leadId: string): Promise<Consent | null> {
  return db.consent.findFirst({
    where: { leadId, topic: MARKETING, unconfirmed: true },
    orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
  });
}
