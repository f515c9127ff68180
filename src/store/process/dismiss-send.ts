import type { Actor } from '../../domain/actor.ts';
import { actorHandle } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { audit } from '../audit.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact } from '../db.ts';
import { lockLead } from '../lock.ts';

/**
 * A person has looked at a message in doubt, and nothing follows. Saying it again changes nothing.
 *
 * @throws AppError SEND_UNKNOWN; CONFLICT: the message is not in doubt
 */
export async function dismissSend(
  ctx: StoreContext,
  sendId: string,
  actor: Actor,
): Promise<{ leadId: string; at: Date; by: string }> {
  return transact(ctx.db, async (tx) => {
    const send = await tx.send.findUnique({ where: { id: sendId }, select: { leadId: true } });
    if (send === null) throw new AppError('SEND_UNKNOWN', 'There is no message with this id');
    const lead = await lockLead(tx, send.leadId);
    const before = await tx.dismissedSend.findUnique({ where: { sendId } });
    if (before !== null) return { leadId: lead.id, at: before.dismissedAt, by: before.dismissedBy };
    // Read under the lock: an answer that came late may have settled it.
    const { status } = await tx.send.findUniqueOrThrow({ where: { id: sendId }, select: { status: true } });
    if (status !== 'in_doubt')
      throw new AppError('CONFLICT', `The message is not in doubt: it is ${status}. There is nothing to dismiss.`);
    if ((await tx.resentSend.findUnique({ where: { sendId } })) !== null)
      throw new AppError('CONFLICT', 'The message is being sent once more: there is nothing to dismiss.');
    const [at, by] = [new Date(ctx.realNow()), actorHandle(actor)];
    await tx.dismissedSend.create({ data: { sendId, dismissedAt: at, dismissedBy: by } });
    const when = new Date(leadNow(lead, ctx.realNow()));
    await audit(tx, { leadId: lead.id, actor: by, at: when }, { action: 'send.dismissed', data: { sendId } });
    return { leadId: lead.id, at, by };
  });
}
