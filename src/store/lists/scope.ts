import { Prisma } from '../generated/client.ts';

/**
 * What a caller may see: everything, or what is a rep's own (for a manager: of the teams they are in). The queries take it,
 * so that a list can never show more than a single read would.
 */
export type Scope = { kind: 'all' } | { kind: 'rep'; repId: string; teams: readonly string[] };

/** A rep's leads: those they own, and those offered to them now. A manager's: all that were ever handed to their teams. */
export function leadsInScope(scope: Scope): Prisma.LeadWhereInput {
  if (scope.kind === 'all') return {};
  return {
    OR: [
      { ownerId: scope.repId },
      { assignments: { some: { repId: scope.repId, status: { in: ['offered', 'accepted'] } } } },
      ...(scope.teams.length === 0
        ? []
        : [
            { owner: { teams: { hasSome: [...scope.teams] } } },
            { assignments: { some: { team: { in: [...scope.teams] } } } },
          ]),
    ],
  };
}

/**
 * The same as SQL on a column with a lead's id, looked up for the lead at hand (`OFFSET 0`): PostgreSQL would rather read all
 * that the caller may see into memory first, which is much for a manager, and little of it is needed for a page.
 */
export function leadInScopeSql(scope: Scope, leadId: string): Prisma.Sql {
  if (scope.kind === 'all') return Prisma.sql`TRUE`;
  const column = Prisma.raw(leadId);
  const teams = [...scope.teams];
  return Prisma.sql`(
    (SELECT l.owner_id FROM leads l WHERE l.id = ${column})
      = ANY(ARRAY(SELECT r.id FROM reps r WHERE r.id = ${scope.repId} OR r.teams && ${teams}::text[]))
    OR EXISTS (SELECT 1 FROM assignments a WHERE a.lead_id = ${column} AND (a.team = ANY(${teams}::text[])
               OR (a.rep_id = ${scope.repId} AND a.status IN ('offered', 'accepted'))) OFFSET 0))`;
}

export function assignmentsInScope(scope: Scope): Prisma.AssignmentWhereInput {
  if (scope.kind === 'all') return {};
  return { OR: [{ repId: scope.repId }, { team: { in: [...scope.teams] } }] };
}
