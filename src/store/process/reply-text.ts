import { REPLY } from '../events/replies.ts';
import type { Tx } from '../db.ts';

/**
 * Whether the lead's page has the text of an answer that came since then. Only an answer that was read as a mail says how it was judged; one that
 * another system told of came without a text.
 * @param since On the lead's clock
 */
export async function hasReplyText(tx: Tx, leadId: string, since: Date): Promise<boolean> {
  const verdict = { path: ['verdict'], equals: 'reply' };
  const where = { leadId, type: REPLY, occurredAt: { gte: since }, properties: verdict };
  return (await tx.event.findFirst({ where, select: { id: true } })) !== null;
}
