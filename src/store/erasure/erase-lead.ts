/** Erases a person: deletes all data of a lead in one transaction. */
import { AppError } from '../../domain/errors.ts';
import { latestWord } from '../../domain/consent.ts';
import { audit } from '../audit.ts';
import { forgetAddress } from '../consent/erased-address.ts';
import { readMailWord } from '../consent/mail-word.ts';
import { suppressAddress } from '../consent/suppress-address.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { announce } from '../outbox.ts';
import { erasedHash } from './erased.ts';

export interface Erasure {
  leadId: string;
  /** Handle of the actor who asked for it. */
  actor: string;
}

/**
 * Three things stay. A record says that a lead was erased, when and by whom, without its id. The reasons why its address must not be
 * mailed stay under a keyed hash, so that they hold when the person comes back; a refusal of mail becomes such a reason. The company
 * stays. The process is rung, finds that the lead is gone, and ends.
 *
 * @throws AppError LEAD_UNKNOWN, also when it was erased before
 */
export async function eraseLead(ctx: StoreContext, { leadId, actor }: Erasure): Promise<{ ringIds: string[] }> {
  return transact(ctx.db, async (tx) => {
    const [lead] = await tx.$queryRaw<
      { email: string | null }[]
    >`SELECT email FROM leads WHERE id = ${leadId} FOR UPDATE`;
    if (lead === undefined)
      throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id.', { details: { leadId } });
    const at = new Date(ctx.realNow());
    if (lead.email !== null) await keepWhatForbidsMail(tx, ctx, { id: leadId, email: lead.email }, at);
    await deleteLead(tx, leadId);
    await audit(tx, { leadId: null, actor, at }, { action: 'lead.erased', data: {} });
    return { ringIds: await announce(tx, [{ leadId, reason: 'erased', refs: {} }]) };
  });
}

async function keepWhatForbidsMail(
  tx: Tx,
  ctx: StoreContext,
  lead: { id: string; email: string },
  at: Date,
): Promise<void> {
  const word = latestWord((await readMailWord(tx, lead)).words);
  if (word?.granted === false) {
    const occurredAt = new Date(Math.min(word.atMs, at.getTime()));
    const { id: leadId, email: address } = lead;
    await suppressAddress(tx, { address, reason: 'unsubscribed', source: 'erasure', leadId, occurredAt });
  }
  await forgetAddress(tx, lead.email, await ctx.hashAddress(lead.email));
}

/** Deletes the lead's row, and with it every row that refers to it by a foreign key. The other tables are cleared one by one. */
async function deleteLead(tx: Tx, leadId: string): Promise<void> {
  await tx.$executeRaw`INSERT INTO erased_leads (id_hash) VALUES (${erasedHash(Prisma.sql`${leadId}`)}) ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`DELETE FROM outbox WHERE lead_id = ${leadId}`;
  await tx.$executeRaw`DELETE FROM tracked WHERE lead_id = ${leadId}`;
  await tx.$executeRaw`DELETE FROM commands WHERE lead_id = ${leadId}`;
  await tx.$executeRaw`DELETE FROM findings WHERE lead_id = ${leadId}`;
  await tx.$executeRaw`DELETE FROM idempotency_keys WHERE position(${leadId} in body::text) > 0`;
  await tx.$executeRaw`DELETE FROM leads WHERE id = ${leadId}`;
}
