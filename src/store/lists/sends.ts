import type { Db } from '../db.ts';
import type { Send } from '../generated/client.ts';

export type ListedSend = Send;

/** The lead that a message was meant for; null when there is no such message. */
export async function recipientOf(db: Db, sendId: string): Promise<{ leadId: string; email: string | null } | null> {
  const send = await db.send.findUnique({
    where: { id: sendId },
    select: { lead: { select: { id: true, email: true } } },
  });
  return send === null ? null : { leadId: send.lead.id, email: send.lead.email };
}

/** The latest message for the lead with any status, and the latest messages that were not sent. */
export async function lastSends(
  db: Db,
  leadId: string,
  skipped: number,
): Promise<{ last: ListedSend | null; skipped: ListedSend[] }> {
  const toLead = { leadId, audience: 'lead' };
  const [last, decidedAgainst] = await Promise.all([
    db.send.findFirst({ where: toLead, orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }] }),
    db.send.findMany({
      where: { ...toLead, status: { in: ['skipped', 'failed', 'in_doubt'] } },
      orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
      take: skipped,
    }),
  ]);
  return { last, skipped: decidedAgainst };
}
