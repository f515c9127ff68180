/** The rest of the leads of a trial, who wait until it is known what wins, where each has its own time. */
import type { Tx } from '../db.ts';
import type { Broadcast } from './broadcasts.ts';
import type { Gathered } from './gather.ts';

/**
 * From when on the recipients of the rest may be taken; null: not yet. With each lead's own time, who is due before it has still to get a
 * time.
 */
export function restDueFrom({ trial, winner, schedule, restFrom }: Broadcast): Date | null {
  if (trial === null || winner === null) return null;
  return schedule.kind === 'local' ? restFrom : new Date(0);
}

/** Leads of the rest whose time had passed before it was known what wins. */
export async function restWithoutTime(
  tx: Tx,
  broadcastId: string,
  { from, limit }: { from: Date; limit: number },
): Promise<Gathered[]> {
  return tx.$queryRaw<Gathered[]>`
    SELECT l.id, l.time_zone AS "timeZone", l.country,
      jsonb_build_object('region', l.attributes->'region', 'state', l.attributes->'state') AS attributes
    FROM broadcast_recipients r JOIN leads l ON l.id = r.lead_id
    WHERE r.broadcast_id = ${broadcastId} AND r.wave = 1::smallint AND r.due_at < ${from}
    ORDER BY r.due_at, r.lead_id LIMIT ${limit}`;
}

/** They are due then, for the first time. */
export async function giveTimes(
  tx: Tx,
  broadcastId: string,
  due: readonly { leadId: string; dueAt: Date }[],
): Promise<void> {
  if (due.length === 0) return;
  await tx.$executeRaw`
    UPDATE broadcast_recipients r SET due_at = d.due_at, first_due_at = d.due_at
    FROM unnest(${due.map(({ leadId }) => leadId)}::text[], ${due.map(({ dueAt }) => dueAt)}::timestamptz[]) AS d(lead_id, due_at)
    WHERE r.broadcast_id = ${broadcastId} AND r.lead_id = d.lead_id`;
}
