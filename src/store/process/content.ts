import type { Received } from '../../domain/offers.ts';
import type { Tx } from '../db.ts';

/** The messages that a lead was sent after an instant of its clock, and the offers among them. */
export async function contentSince(tx: Tx, leadId: string, since: Date): Promise<Received> {
  const [row] = await tx.$queryRaw<Received[]>`
    SELECT count(*)::int AS messages, (count(*) FILTER (WHERE content_kind = 'offer'))::int AS offers
    FROM sends WHERE lead_id = ${leadId} AND occurred_at > ${since} AND audience = 'lead' AND status IN ('sent', 'in_doubt')`;
  return row ?? { messages: 0, offers: 0 };
}

/** Whether the lead downloaded a material, or came in by a campaign that gives it (`campaigns`: their keys). */
export async function hasMaterial(
  tx: Tx,
  leadId: string,
  material: string,
  campaigns: readonly string[],
): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ has: boolean }[]>`
    SELECT EXISTS (SELECT FROM events WHERE lead_id = ${leadId} AND type = 'content.downloaded' AND NOT machine
        AND lower(properties->>'content') = lower(${material}))
      OR EXISTS (SELECT FROM touches t JOIN campaigns c ON c.id = t.campaign_id
        WHERE t.lead_id = ${leadId} AND c.key = ANY(${[...campaigns]})) AS has`;
  return row?.has ?? false;
}
