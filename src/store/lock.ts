/**
 * The lock on a lead: whoever changes its course holds it. Several are taken in the order of their ids, so that two
 * batches cannot wait for each other.
 *
 * FOR NO KEY UPDATE excludes every other holder and every update of the row, but not the foreign-key check of an insert
 * that names the lead: a transaction that inserted first and locks then would deadlock with its like under FOR UPDATE.
 */
import { AppError } from '../domain/errors.ts';
import type { Tx } from './db.ts';
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

/** The same for leads named by id or by email (lower case). */
export async function lockLeadsNamed(tx: Tx, leadIds: readonly string[], emails: readonly string[]): Promise<Lead[]> {
  if (emails.length === 0) return lockLeads(tx, leadIds);
  return tx.$queryRaw<Lead[]>`
    SELECT ${columnsOf('leads')} FROM leads WHERE id = ANY(${[...leadIds]}) OR email = ANY(${[...emails]})
    ORDER BY id FOR NO KEY UPDATE`;
}
