import type { Actor } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { type Action, denialOf } from '../../domain/policy.ts';
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { lockLead } from '../lock.ts';
import { readTiesOf } from './lead-ties.ts';

/**
 * Locks a lead for who may do this with it: whose it is cannot change until the transaction ends.
 * @throws AppError LEAD_UNKNOWN, or why the policy forbids it
 */
export async function allowUnderLock(tx: Tx, actor: Actor, action: Action, leadId: string): Promise<Lead> {
  // Sent together, carried out in this order: the ties are read once the lock is held.
  const [lead, ties] = await Promise.all([lockLead(tx, leadId), readTiesOf(tx, leadId)]);
  const denial = ties === null ? null : denialOf(actor, action, ties);
  if (denial !== null) throw new AppError(denial.code, denial.message);
  return lead;
}
