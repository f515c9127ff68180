import type { StoreContext } from '../context.ts';

/** A notice about an older message names that message. */
const WITHIN_MS = 30 * 86_400_000;

/** The latest message to an address of a lead; null: there is none. */
export async function latestSendTo({ db, realNow }: StoreContext, address: string): Promise<string | null> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT s.id FROM leads l JOIN sends s ON s.lead_id = l.id
    WHERE l.email = ${address.trim().toLowerCase()} AND s.audience = 'lead' AND s.channel = 'email'
      AND s.status IN ('sent', 'in_doubt') AND s.recorded_at > ${new Date(realNow() - WITHIN_MS)}
    ORDER BY s.recorded_at DESC LIMIT 1`;
  return rows[0]?.id ?? null;
}

/**
 * Whether the address to unsubscribe of this message has a signature of its own; null: there is no such message. An older version signed both
 * its addresses alike.
 */
export async function hasOwnLeaveAddress({ db }: StoreContext, id: string): Promise<boolean | null> {
  const send = await db.send.findUnique({ where: { id }, select: { ownLeaveAddress: true } });
  return send?.ownLeaveAddress ?? null;
}

/** Whether there is a message to a lead with this id. */
export async function isSendToLead({ db }: StoreContext, id: string): Promise<boolean> {
  return (await db.send.count({ where: { id, audience: 'lead' } })) > 0;
}

/** The address of the lead that a message went to; null: there is none. */
export async function addressOfSend({ db }: StoreContext, id: string): Promise<string | null> {
  const send = await db.send.findUnique({
    where: { id },
    select: { audience: true, lead: { select: { email: true } } },
  });
  return send?.audience === 'lead' ? (send.lead?.email ?? null) : null;
}
