import { newId } from '../../domain/ids.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact } from '../db.ts';
import { lockLead } from '../lock.ts';
import { announce } from '../outbox.ts';
import { owe } from '../process/answers.ts';

/**
 * Somebody asks for a new link to the preference page: it is mailed to the lead's own address, whoever asks. One is under way at a time,
 * and the lead's process bounds them by the day. @throws AppError LEAD_UNKNOWN
 */
export async function askForLink(ctx: StoreContext, leadId: string): Promise<{ ringIds: string[] }> {
  return transact(ctx.db, async (tx) => {
    const lead = await lockLead(tx, leadId);
    const waiting = await tx.answer.count({ where: { leadId, askedBy: 'preferences' } });
    if (waiting > 0 || lead.email === null) return { ringIds: [] };
    const dueAt = new Date(leadNow(lead, ctx.realNow()));
    await owe(tx, lead, {
      key: `preferences:${newId('command')}`,
      templateKey: 'preferences',
      askedBy: 'preferences',
      dueAt,
    });
    return { ringIds: await announce(tx, [{ leadId, reason: 'owed', refs: {} }]) };
  });
}
