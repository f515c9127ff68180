import { unsubscribe } from '../consent/unsubscribe.ts';
import type { StoreContext } from '../context.ts';

/** Unsubscribes whom a send went to. Repeating it changes nothing. A send that is unknown or went to a rep does nothing. */
export async function leaveBySend(ctx: StoreContext, sendId: string, source: string): Promise<{ ringIds: string[] }> {
  const send = await ctx.db.send.findUnique({ where: { id: sendId }, select: { leadId: true, audience: true } });
  if (send === null || send.audience !== 'lead') return { ringIds: [] };
  return unsubscribe(ctx, { leadId: send.leadId, sendId, source });
}
