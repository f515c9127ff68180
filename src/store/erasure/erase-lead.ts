/** Erases a person: deletes all data of a lead in one transaction. */
import { AppError } from '../../domain/errors.ts';
import { latestWord } from '../../domain/consent.ts';
import type { KnownBy } from '../../domain/names-person.ts';
import { audit } from '../audit.ts';
import { forgetAddress } from '../consent/erased-address.ts';
import { readMailWord } from '../consent/mail-word.ts';
import { suppressAddress } from '../consent/suppress-address.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Db, type Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { announce } from '../outbox.ts';
import { clearAnswers } from '../report-answers.ts';
import { cancelBroadcastsThatName } from './cancel-broadcasts.ts';
import { cancelRunsThatName } from './cancel-runs.ts';
import { erasedHash } from './erased.ts';

export interface Erasure {
  leadId: string;
  /** Handle of the actor who asked for it. */
  actor: string;
}

/**
 * Three things stay. A record says that a lead was erased, when and by whom, without its id. The reasons why its address must not be
 * mailed stay under a keyed hash, so that they hold when the person comes back; a refusal of mail becomes such a reason. The company
 * stays. The process is rung, finds that the lead is gone, and ends. A bulk run or a broadcast whose condition names the person is canceled.
 *
 * @throws AppError LEAD_UNKNOWN, also when it was erased before
 */
export async function eraseLead(ctx: StoreContext, erasure: Erasure): Promise<Erased> {
  for (;;) {
    // The first hash reads its key, by a connection of its own: not while a transaction holds one, and the lead's lock.
    const { email } = await personOf(ctx.db, erasure.leadId);
    const hash = email === null ? null : await ctx.hashAddress(email);
    const erased = await eraseWith(ctx, erasure, { email, hash });
    if (erased !== null) return erased;
  }
}

/** To be told after the commit. */
export interface Erased {
  /** Outbox rows, for the relay. */
  ringIds: string[];
  /** Bulk runs that were canceled. */
  runIds: string[];
  /** The same of broadcasts. */
  broadcastIds: string[];
}

/** An address with its keyed hash; both null of a lead that has none. */
interface Hashed {
  email: string | null;
  hash: string | null;
}

/** Null when the lead has another address by now. */
async function eraseWith(ctx: StoreContext, { leadId, actor }: Erasure, known: Hashed): Promise<Erased | null> {
  return transact(ctx.db, async (tx) => {
    const person = await personOf(tx, leadId, Prisma.sql`FOR UPDATE`);
    if (person.email !== known.email) return null;
    const at = new Date(ctx.realNow());
    if (known.email !== null && known.hash !== null)
      await keepWhatForbidsMail(tx, { id: leadId, email: known.email, hash: known.hash }, at);
    await deleteLead(tx, leadId);
    if (known.email !== null) await deleteMailsThatName(tx, known.email);
    const runIds = await cancelRunsThatName(tx, person, { actor, at });
    const broadcastIds = await cancelBroadcastsThatName(tx, person, { actor, at });
    await audit(tx, { leadId: null, actor, at }, { action: 'lead.erased', data: {} });
    return { ringIds: await announce(tx, [{ leadId, reason: 'erased', refs: {} }]), runIds, broadcastIds };
  });
}

/** @throws AppError LEAD_UNKNOWN */
async function personOf(db: Db | Tx, leadId: string, lock = Prisma.empty): Promise<KnownBy> {
  const [lead] = await db.$queryRaw<KnownBy[]>`
    SELECT email, phone, first_name AS "firstName", last_name AS "lastName" FROM leads WHERE id = ${leadId} ${lock}`;
  if (lead === undefined) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id.', { details: { leadId } });
  return lead;
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

/** Incoming mails that belong to no lead: a notice or a report may name anybody. */
async function deleteMailsThatName(tx: Tx, email: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM inbound_mails
    WHERE lead_id IS NULL AND (lower(recipient) = ${email} OR position(${email} in lower(excerpt)) > 0)`;
}

/** Deletes the lead's row, and with it every row that refers to it by a foreign key. The other tables are cleared one by one. */
async function deleteLead(tx: Tx, leadId: string): Promise<void> {
  await tx.$executeRaw`INSERT INTO erased_leads (id_hash) VALUES (${erasedHash(Prisma.sql`${leadId}`)}) ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`DELETE FROM outbox WHERE lead_id = ${leadId}`;
  await tx.$executeRaw`DELETE FROM tracked WHERE lead_id = ${leadId}`;
  await tx.$executeRaw`DELETE FROM commands WHERE lead_id = ${leadId}`;
  await tx.$executeRaw`DELETE FROM findings WHERE lead_id = ${leadId}`;
  await tx.$executeRaw`DELETE FROM idempotency_keys WHERE position(${leadId} in body::text) > 0`;
  // A campaign that nobody listed is words of who named it.
  await tx.$executeRaw`
    DELETE FROM campaigns c WHERE unknown_since IS NOT NULL
      AND id IN (SELECT campaign_id FROM touches WHERE lead_id = ${leadId})
      AND NOT EXISTS (SELECT FROM touches WHERE campaign_id = c.id AND lead_id <> ${leadId})`;
  await clearAnswers(tx);
  await tx.$executeRaw`DELETE FROM leads WHERE id = ${leadId}`;
}
