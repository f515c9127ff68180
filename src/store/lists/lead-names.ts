import type { Scope } from '../../domain/policy.ts';
import type { OwnClock } from '../../domain/when.ts';
import { leadInScope } from '../access/scope.ts';
import type { Db } from '../db.ts';

export interface LeadName {
  firstName: string | null;
  lastName: string | null;
  company: string | null;
}

/** What leads are called, by id; those that are not in scope are left out. */
export async function readLeadNames(
  db: Db,
  scope: Scope,
  leadIds: readonly string[],
): Promise<Map<string, LeadName & OwnClock>> {
  const rows = await db.$queryRaw<(LeadName & OwnClock & { id: string })[]>`
    SELECT named.id, named.first_name AS "firstName", named.last_name AS "lastName", named.company, named.clock_offset_ms AS "clockOffsetMs"
    FROM leads named WHERE named.id = ANY(${[...leadIds]}) AND ${leadInScope(scope, 'named.id')}`;
  return new Map(rows.map(({ id, ...name }) => [id, name]));
}
