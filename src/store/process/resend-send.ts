import { type Actor, actorHandle } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { reasonNotToResend } from '../../domain/resend.ts';
import type { Stage } from '../../domain/stage.ts';
import { reasonInWords } from '../../domain/send-words.ts';
import { audit } from '../audit.ts';
import { leadNow } from '../clock.ts';
import { readMailWord } from '../consent/mail-word.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import type { Lead, Send } from '../generated/client.ts';
import { lockLead } from '../lock.ts';
import { announce } from '../outbox.ts';
import { owe } from './answers.ts';
import { resendableOf } from './resendable.ts';

/** A message in doubt that is sent once more: when a person said so, and who. */
export interface Resend {
  leadId: string;
  at: Date;
  by: string;
  ringIds: string[];
}

/**
 * A person has looked at a message in doubt and wants it sent once more. It is owed to the lead from now on; the lead's process sends it,
 * as a send of its own that names this one. Saying it again changes nothing, and answers with who said it first.
 *
 * @throws AppError SEND_UNKNOWN; CONFLICT: it is not in doubt, was dismissed, is no mail to a lead, or must not go out any more;
 *   STAGE_FORBIDS
 */
export async function resendSend(ctx: StoreContext, sendId: string, actor: Actor): Promise<Resend> {
  return transact(ctx.db, async (tx) => {
    const found = await tx.send.findUnique({ where: { id: sendId }, select: { leadId: true } });
    if (found === null) throw new AppError('SEND_UNKNOWN', 'There is no message with this id');
    const lead = await lockLead(tx, found.leadId);
    const before = await tx.resentSend.findUnique({ where: { sendId } });
    if (before !== null) return { leadId: lead.id, at: before.resentAt, by: before.resentBy, ringIds: [] };
    // Read under the lock: an answer that came late may have settled it.
    await check(ctx, tx, lead, await tx.send.findUniqueOrThrow({ where: { id: sendId } }));
    const [at, by] = [new Date(ctx.realNow()), actorHandle(actor)];
    await tx.resentSend.create({ data: { sendId, resentAt: at, resentBy: by } });
    const dueAt = new Date(leadNow(lead, ctx.realNow()));
    const { templateKey } = await tx.send.findUniqueOrThrow({ where: { id: sendId }, select: { templateKey: true } });
    await owe(tx, lead, { key: resendKey(sendId), templateKey, askedBy: 'resend', dueAt });
    await audit(tx, { leadId: lead.id, actor: by, at: dueAt }, { action: 'send.resent', data: { sendId } });
    const ringIds = await announce(tx, [{ leadId: lead.id, reason: 'owed', refs: { sendId } }]);
    return { leadId: lead.id, at, by, ringIds };
  });
}

/** The key of a resend: of what is owed, and of its send. */
function resendKey(sendId: string): string {
  return `resend:${sendId}`;
}

async function check(ctx: StoreContext, tx: Tx, lead: Lead, send: Send): Promise<void> {
  const refuse = (why: string): never => {
    throw new AppError('CONFLICT', why);
  };
  if (send.status !== 'in_doubt')
    refuse(
      `The message is not in doubt: it is ${send.status}. Only one of which nobody knows whether it left is resent.`,
    );
  if (send.audience !== 'lead' || send.channel !== 'email')
    refuse(
      'Only mails to leads are resent. Tell the rep of the lead yourself, or reroute it, which sends a new brief.',
    );
  if (/^(?:confirm|preferences):/.test(send.key))
    refuse('A mail with a link is not resent: the person can ask for another one.');
  const dismissed = await tx.dismissedSend.findUnique({ where: { sendId: send.id } });
  if (dismissed !== null) refuse('The message was dismissed: somebody decided that nothing follows from it.');
  const stage = lead.stage as Stage;
  const reason = reasonNotToResend(
    await resendableOf(ctx.db, tx, send),
    { stage, email: lead.email },
    await readMailWord(tx, lead),
  );
  if (reason === null) return;
  const why = `It must not go out any more: ${reasonInWords(reason)}. Dismiss it instead.`;
  if (reason.startsWith('stage-')) throw new AppError('STAGE_FORBIDS', why);
  refuse(why);
}
