import type { Db } from '../db.ts';
import type { Grade, Prisma } from '../generated/client.ts';
import { leadsInScope, type Scope } from './scope.ts';

export interface LeadFilter {
  stage?: string | undefined;
  source?: string | undefined;
  /** A rep's id or key; `none` for leads that nobody owns. */
  owner?: string | undefined;
  grade?: Grade | undefined;
  cadence?: string | undefined;
  /** The whole address, in any case. */
  email?: string | undefined;
  held?: boolean | undefined;
  paused?: boolean | undefined;
}

const LIST_INCLUDE = {
  owner: { select: { id: true, name: true } },
  enrollments: { where: { status: 'active' }, select: { cadence: true }, take: 1 },
} as const satisfies Prisma.LeadInclude;

export type ListedLead = Prisma.LeadGetPayload<{ include: typeof LIST_INCLUDE }>;

/** Newest first, by id; `after` is the last id of the page before. One more than `limit` tells that there are more. */
export async function listLeads(
  db: Db,
  scope: Scope,
  filter: LeadFilter,
  after: string | null,
  limit: number,
): Promise<ListedLead[]> {
  return db.lead.findMany({
    where: { AND: [leadsInScope(scope), whereOf(filter), after === null ? {} : { id: { lt: after } }] },
    include: LIST_INCLUDE,
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
}

function whereOf(filter: LeadFilter): Prisma.LeadWhereInput {
  return {
    ...(filter.stage !== undefined && { stage: filter.stage }),
    ...(filter.source !== undefined && { source: filter.source }),
    ...(filter.grade !== undefined && { fitGrade: filter.grade }),
    ...(filter.email !== undefined && { email: filter.email.toLowerCase() }),
    ...(filter.cadence !== undefined && { enrollments: { some: { cadence: filter.cadence, status: 'active' } } }),
    ...(filter.held !== undefined && { heldAt: filter.held ? { not: null } : null }),
    ...(filter.paused !== undefined && { pausedAt: filter.paused ? { not: null } : null }),
    ...ownerOf(filter.owner),
  };
}

function ownerOf(owner: string | undefined): Prisma.LeadWhereInput {
  if (owner === undefined) return {};
  if (owner === 'none') return { ownerId: null };
  return { owner: { OR: [{ id: owner }, { key: owner }] } };
}
