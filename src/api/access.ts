import { AppError } from '../domain/errors.ts';
import { isId } from '../domain/ids.ts';
import type { Db } from '../store/db.ts';
import { readAssignment, type ListedAssignment } from '../store/lists/assignments.ts';
import { isInCharge, leadAccess } from '../store/lists/lead.ts';
import { scopeOf, type Caller } from './caller.ts';

/** @throws AppError LEAD_UNKNOWN, or FORBIDDEN for a lead that is not the rep's */
export async function requireLead(db: Db, caller: Caller, leadId: string): Promise<void> {
  const access = isId('lead', leadId) ? await leadAccess(db, scopeOf(caller), leadId) : 'unknown';
  if (access === 'unknown') throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
  if (access === 'hidden')
    throw new AppError('FORBIDDEN', 'This lead is not yours: it is neither owned by you nor offered to you');
}

/** To act on it. @throws AppError LEAD_UNKNOWN, or FORBIDDEN for one that is not the rep's, or that a rep of another team has by now */
export async function requireLeadInCharge(db: Db, caller: Caller, leadId: string): Promise<void> {
  await requireLead(db, caller, leadId);
  if (!(await isInCharge(db, scopeOf(caller), leadId)))
    throw new AppError('FORBIDDEN', 'A rep of another team has this lead now: its manager decides in their place');
}

/** @throws AppError ASSIGNMENT_UNKNOWN, or NOT_YOUR_ASSIGNMENT for one of another rep */
export async function requireAssignment(db: Db, caller: Caller, assignmentId: string): Promise<ListedAssignment> {
  const scope = scopeOf(caller);
  const assignment = isId('assignment', assignmentId) ? await readAssignment(db, assignmentId) : null;
  if (assignment === null) throw new AppError('ASSIGNMENT_UNKNOWN', 'There is no assignment with this id');
  const own = scope.kind === 'all' || assignment.repId === scope.repId || scope.teams.includes(assignment.team);
  if (!own)
    throw new AppError(
      'NOT_YOUR_ASSIGNMENT',
      'This lead was offered to another rep; their manager may decide in their place',
    );
  return assignment;
}
