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
 * The latest confirmed word of a lead on each topic, as a subquery, by the rule of `latestWord` in the domain. `topic`: only the word on
 * this topic. `leadId`: an expression.
 */
export function latestConsents(leadId: Prisma.Sql, topic?: string): Prisma.Sql {
  const among = topic === undefined ? Prisma.empty : Prisma.sql`AND topic = ${topic}`;
  return Prisma.sql`(
    SELECT DISTINCT ON (topic) * FROM consents WHERE lead_id = ${leadId} AND NOT unconfirmed ${among}
    ORDER BY topic, occurred_at DESC, id DESC)`;
}

/** The latest confirmed word of a lead on marketing mail. */
export async function readLatestConsent(tx: Tx, leadId: string): Promise<Consent | null> {
  const [latest] = await tx.$queryRaw<Consent[]>`
    SELECT id, lead_id AS "leadId", topic, granted, unconfirmed, text, version, source, occurred_at AS "occurredAt", recorded_at AS "recordedAt"
    FROM ${latestConsents(Prisma.sql`${leadId}`, MARKETING)} latest`;
  return latest ?? null;
}

/** The latest yes to mail that the person has yet to confirm. */
export async function readUnconfirmedConsent(db: Db, leadId: string): Promise<Consent | null> {
  return db.consent.findFirst({
    where: { leadId, topic: MARKETING, unconfirmed: true },
    orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
  });
}
