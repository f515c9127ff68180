import { isWithSales, type Stage } from '../../domain/stage.ts';
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { announce } from '../outbox.ts';
import type { NewEvent } from './new-event.ts';

/** A person's reply to a mail of ours. */
export const REPLY = 'reply.received';

/**
 * A reply of a lead that a rep has is to be answered by its rep, who is told of it by mail: the first one since the rep's last contact
 * counts for the clock. Returns ids of bells to ring. Without a reply of such a lead there is no statement.
 */
export async function noteReplies(
  tx: Tx,
  leads: ReadonlyMap<string, Lead>,
  events: readonly NewEvent[],
): Promise<string[]> {
  const replies = events.filter(
    ({ type, leadId }) => type === REPLY && isWithSales((leads.get(leadId)?.stage ?? 'new') as Stage),
  );
  if (replies.length === 0) return [];
  const rows = await tx.$queryRaw<{ leadId: string }[]>`
    UPDATE assignments a SET replied_at = coalesce(a.replied_at, r.at), tell_reply_at = coalesce(a.tell_reply_at, r.at)
    FROM (SELECT lead_id, min(at) AS at FROM unnest(${replies.map(({ leadId }) => leadId)}::text[],
            ${replies.map(({ occurredAtMs }) => new Date(occurredAtMs))}::timestamptz[]) given(lead_id, at) GROUP BY lead_id) r
    JOIN leads l ON l.id = r.lead_id
    WHERE a.need_id = l.need_id AND a.status = 'accepted'
    RETURNING a.lead_id AS "leadId"`;
  return announce(
    tx,
    rows.map(({ leadId }) => ({ leadId, reason: 'replied', refs: {} })),
  );
}
