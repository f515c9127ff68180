import { AppError } from '../domain/errors.ts';
import { isId } from '../domain/ids.ts';
import { type Action, denialOf, type Scope, scopeOf, tiesOfAssignment } from '../domain/policy.ts';
import { readTiesOf } from '../store/access/lead-ties.ts';
import type { StoreContext } from '../store/context.ts';
import { readAssignment, type ListedAssignment } from '../store/lists/assignments.ts';
import { actorOf, type Caller } from './caller.ts';

/** @throws AppError LEAD_UNKNOWN, or the refusal of the policy: FORBIDDEN, NOT_YOUR_ASSIGNMENT */
export async function requireLead({ db }: StoreContext, caller: Caller, action: Action, leadId: string): Promise<void> {
  const ties = isId('lead', leadId) ? await readTiesOf(db, leadId) : null;
  if (ties === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
  const denial = denialOf(actorOf(caller), action, ties);
  if (denial !== null) throw new AppError(denial.code, denial.message);
}

/**
 * For reading and for deciding. A decision is checked again under the lead's lock.
 * @throws AppError ASSIGNMENT_UNKNOWN, NOT_YOUR_ASSIGNMENT
 */
export async function requireAssignment(
  { db }: StoreContext,
  caller: Caller,
  assignmentId: string,
): Promise<ListedAssignment> {
  const assignment = isId('assignment', assignmentId) ? await readAssignment(db, assignmentId) : null;
  if (assignment === null) throw new AppError('ASSIGNMENT_UNKNOWN', 'There is no assignment with this id');
  const denial = denialOf(actorOf(caller), 'see-assignment', tiesOfAssignment(assignment));
  if (denial !== null) throw new AppError(denial.code, denial.message);
  return assignment;
}

/** The leads that a list shows this caller. @throws AppError FORBIDDEN for a role that may not read such a list */
export function scopeFor(caller: Caller, action: Action): Scope {
  const scope = scopeOf(actorOf(caller), action);
  if (scope === null)
    throw new AppError('FORBIDDEN', 'A site key may send forms and events, but may not read anything; use another key');
  return scope;
}
