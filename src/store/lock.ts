/**
 * The lock on a lead, held by every transaction that changes its course. Several leads are locked in the order of their ids, so that two
 * batches cannot wait for each other.
 *
 * FOR NO KEY UPDATE excludes every other holder and every update of the row, but not the foreign-key check of an insert
 * that names the lead: a transaction that inserted first and locks then would deadlock with its like under FOR UPDATE.
 */
import { AppError } from '../domain/errors.ts';
import type { Db, Tx } from './db.ts';
import type { Lead } from './generated/client.ts';
import { columnsOf } from './rows.ts';

/**
 * Locks a lead until the transaction ends and returns its row as of then.
 *
 * @throws AppError LEAD_UNKNOWN
 */
export async function lockLead(tx: Tx, leadId: string): Promise<Lead> {
  const [lead] = await lockLeads(tx, [leadId]);
  if (lead === undefined) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id.', { details: { leadId } });
  return lead;
}

/** Locks leads in the order of their ids. Unknown ids are left out. */
export async function lockLeads(tx: Tx, leadIds: readonly string[]): Promise<Lead[]> {
  return tx.$queryRaw<Lead[]>`
    SELECT ${columnsOf('leads')} FROM leads WHERE id = ANY(${[...leadIds]}) ORDER BY id FOR NO KEY UPDATE`;
}

/** Locks the leads that are not locked, without waiting. */
export async function lockLeadsIfFree(tx: Tx, leadIds: readonly string[]): Promise<Lead[]> {
  return tx.$queryRaw<Lead[]>`
    SELECT ${columnsOf('leads')} FROM leads WHERE id = ANY(${[...leadIds]}) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;
}

/** Locks leads named by id or by email (lower case), in the order of their ids. */
export async function lockLeadsNamed(tx: Tx, leadIds: readonly string[], emails: readonly string[]): Promise<Lead[]> {
  if (emails.length === 0) return lockLeads(tx, leadIds);
  return tx.$queryRaw<Lead[]>`
    SELECT ${columnsOf('leads')} FROM leads WHERE id = ANY(${[...leadIds]}) OR email = ANY(${[...emails]})
    ORDER BY id FOR NO KEY UPDATE`;
}

/** From now on the transaction waits at most one second for a lock, then fails with 55P03. Sent together with the next statement. */
export async function waitBriefly(tx: Tx): Promise<void> {
  await tx.$executeRaw`SET LOCAL lock_timeout = '1s'`;
}

/** Which of these leads, named by id or email, are locked now. Does not wait, and keeps no lock. */
export async function leadsHeld(db: Db, names: readonly string[]): Promise<{ id: string; email: string | null }[]> {
  // FOR SHARE, so that two such checks at once do not see each other's locks.
  return db.$queryRaw`
    WITH named AS (SELECT id, email FROM leads WHERE id = ANY(${[...names]}) OR email = ANY(${[...names]})),
      free AS (SELECT id FROM leads WHERE id IN (SELECT id FROM named) FOR SHARE SKIP LOCKED)
    SELECT id, email FROM named WHERE id NOT IN (SELECT id FROM free)`;
}
