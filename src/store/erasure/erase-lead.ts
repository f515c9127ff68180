/** Erases a person: deletes all data of a lead in one transaction. */
import { AppError } from '../../domain/errors.ts';
import { latestWord } from '../../domain/consent.ts';
import { audit } from '../audit.ts';
import { forgetAddress } from '../consent/erased-address.ts';
import { readMailWord } from '../consent/mail-word.ts';
import { suppressAddress } from '../consent/suppress-address.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Db, type Tx } from '../db.ts';
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
export async function eraseLead(ctx: StoreContext, erasure: Erasure): Promise<{ ringIds: string[] }> {
  for (;;) {
    // The first hash reads its key, by a connection of its own: not while a transaction holds one, and the lead's lock.
    const email = await emailOf(ctx.db, erasure.leadId);
    const hash = email === null ? null : await ctx.hashAddress(email);
    const ringIds = await eraseWith(ctx, erasure, { email, hash });
    if (ringIds !== null) return { ringIds };
  }
}

/** An address with its keyed hash; both null of a lead that has none. */
interface Hashed {
  email: string | null;
  hash: string | null;
}

/** Null when the lead has another address by now. */
async function eraseWith(ctx: StoreContext, { leadId, actor }: Erasure, known: Hashed): Promise<string[] | null> {
  return transact(ctx.db, async (tx) => {
    if ((await emailOf(tx, leadId, Prisma.sql`FOR UPDATE`)) !== known.email) return null;
    const at = new Date(ctx.realNow());
    if (known.email !== null && known.hash !== null)
      await keepWhatForbidsMail(tx, { id: leadId, email: known.email, hash: known.hash }, at);
    await deleteLead(tx, leadId);
    await audit(tx, { leadId: null, actor, at }, { action: 'lead.erased', data: {} });
    return announce(tx, [{ leadId, reason: 'erased', refs: {} }]);
  });
}

/** @throws AppError LEAD_UNKNOWN */
async function emailOf(db: Db | Tx, leadId: string, lock = Prisma.empty): Promise<string | null> {
  const [lead] = await db.$queryRaw<{ email: string | null }[]>`SELECT email FROM leads WHERE id = ${leadId} ${lock}`;
  if (lead === undefined) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id.', { details: { leadId } });
  return lead.email;
}

async function keepWhatForbidsMail(tx: Tx, lead: { id: string; email: string; hash: string }, at: Date): Promise<void> {
  const word = latestWord((await readMailWord(tx, lead)).words);
  if (word?.granted === false) {
    const occurredAt = new Date(Math.min(word.atMs, at.getTime()));
    const { id: leadId, email: address } = lead;
    await suppressAddress(tx, { address, reason: 'unsubscribed', source: 'erasure', leadId, occurredAt });
  }
  await forgetAddress(tx, lead.email, lead.hash);
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
