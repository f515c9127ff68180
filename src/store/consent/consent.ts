import { MARKETING } from '../../domain/consent.ts';
import type { ConsentBy } from '../../domain/consent-by.ts';
import { TRACKING } from '../../domain/tracking.ts';
import { newId } from '../../domain/ids.ts';
import type { Db, Tx } from '../db.ts';
import { type Consent, Prisma } from '../generated/client.ts';
import type { StatedConsent } from '../capture/submission.ts';

/**
 * Stores a consent or a refusal with its proof, a row a topic, and answers with the id of the first. The latest one decides. A consent lifts the suppression of an earlier unsubscribe,
 * never one for a bounce, a complaint or by hand. An unconfirmed consent is only shown. It decides and lifts nothing.
 */
export async function insertConsent(
  tx: Tx,
  lead: { id: string; email: string | null },
  consent: Omit<StatedConsent, 'ip'> & NewConsent,
  at: Date,
): Promise<string> {
  const { granted = true, unconfirmed: stated = false, text, version = null, source, topics = [] } = consent;
  const { ipHash = null, confirms = null, statedBy } = consent;
  // A refusal needs no confirmation.
  const unconfirmed = granted && stated;
  const said = topics.length === 0 ? [MARKETING] : [...new Set(topics)];
  const ids = said.map(() => newId('consent'));
  // A yes to being tracked is no yes to mails.
  const lifts = granted && !unconfirmed && said.some((topic) => topic !== TRACKING);
  await tx.$executeRaw`
    WITH lifted AS (
      DELETE FROM suppressions
      WHERE ${lifts} AND email = ${lead.email} AND reason = 'unsubscribed' AND occurred_at <= ${at}
    )
    INSERT INTO consents (id, lead_id, topic, granted, unconfirmed, text, version, source, stated_by, ip_hash,
      confirms, occurred_at)
    SELECT s.id, ${lead.id}, s.topic, ${granted}, ${unconfirmed}, ${text}, ${version}, ${source}, ${statedBy}, ${ipHash},
      ${confirms}, ${at}
    FROM unnest(${ids}::text[], ${said}::text[]) AS s(id, topic)`;
  return ids[0] ?? '';
}

/** What is known of a consent besides what was stated. */
interface NewConsent {
  statedBy: ConsentBy;
  unconfirmed?: boolean;
  /** Keyed hash of the network address. */
  ipHash?: string | null;
  /** The unconfirmed consent that it confirms. One topic only. */
  confirms?: string;
}

/** Every word of a lead on mail with its proof, the newest first; `after`: the last id of the page before. */
export function listConsents(db: Db, leadId: string, after: string | null, limit: number): Promise<Consent[]> {
  return db.consent.findMany({
    where: { leadId, ...(after === null ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
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
    SELECT id, lead_id AS "leadId", topic, granted, unconfirmed, text, version, source, stated_by AS "statedBy",
      ip_hash AS "ipHash", confirms, occurred_at AS "occurredAt", recorded_at AS "recordedAt"
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
