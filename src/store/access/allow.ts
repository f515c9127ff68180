import type { Actor } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { type Action, denialOf } from '../../domain/policy.ts';
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { lockLead } from '../lock.ts';
import { readTiesOf } from './lead-ties.ts';

/**
 * Locks a lead and checks that the actor may do this with it. The owner cannot change until the transaction ends.
 * @throws AppError LEAD_UNKNOWN, or the refusal of the policy
 */
export async function allowUnderLock(tx: Tx, actor: Actor, action: Action, leadId: string): Promise<Lead> {
  // Both statements are sent together and run in this order, so the ties are read under the lock.
  const [lead, ties] = await Promise.all([lockLead(tx, leadId), readTiesOf(tx, leadId)]);
  const denial = ties === null ? null : denialOf(actor, action, ties);
  if (denial !== null) throw new AppError(denial.code, denial.message);
  return lead;
}
