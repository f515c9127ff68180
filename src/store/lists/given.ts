import type { Scope } from '../../domain/policy.ts';
import { givenInScope } from '../access/scope.ts';
import type { Db } from '../db.ts';
import { repIdOf } from './reps.ts';

/** Filters of what is given to a rep of a team: assignments, tasks. */
export interface GivenFilter<Status extends string> {
  status?: Status | undefined;
  /** Id or key. */
  rep?: string | undefined;
  team?: string | undefined;
  lead?: string | undefined;
}

/** The rows of a page that goes on after the id `after`, newest first; null: none, as no rep has this id or key. */
export async function whereGiven<Status extends string>(
  db: Db,
  scope: Scope,
  filter: GivenFilter<Status>,
  after: string | null,
) {
  const repId = filter.rep === undefined ? undefined : await repIdOf(db, filter.rep);
  if (repId === null) return null;
  const asked = {
    ...(filter.status !== undefined && { status: filter.status }),
    ...(repId !== undefined && { repId }),
    ...(filter.team !== undefined && { team: filter.team }),
    ...(filter.lead !== undefined && { leadId: filter.lead }),
  };
  return { AND: [givenInScope(scope), asked, after === null ? {} : { id: { lt: after } }] };
}
