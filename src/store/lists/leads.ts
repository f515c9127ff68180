import type { Scope } from '../../domain/policy.ts';
import type { Db } from '../db.ts';
import type { Prisma } from '../generated/client.ts';
import { leadIdsPage, type LeadFilter } from './lead-ids.ts';
import { repIdOf } from './reps.ts';

const LIST_INCLUDE = {
  owner: { select: { id: true, key: true, name: true } },
  enrollments: { where: { status: 'active' }, select: { cadence: true }, take: 1 },
} as const satisfies Prisma.LeadInclude;

export type ListedLead = Prisma.LeadGetPayload<{ include: typeof LIST_INCLUDE }>;

/** Newest first, by id; `after` is the last id of the page before. */
export async function listLeads(
  db: Db,
  scope: Scope,
  filter: LeadFilter,
  after: string | null,
  limit: number,
): Promise<ListedLead[]> {
  const owner = await resolveOwner(db, filter.owner);
  if (owner === null) return [];
  const ids = await leadIdsPage(db, scope, { ...filter, owner }, after, limit);
  return db.lead.findMany({ where: { id: { in: ids } }, include: LIST_INCLUDE, orderBy: { id: 'desc' } });
}

/** Null when there is no such rep, and so no lead of theirs: asking all leads for one would read them all. */
async function resolveOwner(db: Db, owner: string | undefined): Promise<string | undefined | null> {
  if (owner === undefined || owner === 'none') return owner;
  return repIdOf(db, owner);
}
