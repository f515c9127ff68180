import type { Db } from '../db.ts';
import type { Consent, Prisma, Suppression } from '../generated/client.ts';
import { leadsInScope, type Scope } from './scope.ts';

/** Anybody can send a form again and again: of what grows with it, the first touch and the latest. */
const MOST_SHOWN = 200;

const DETAIL_INCLUDE = {
  owner: { select: { id: true, name: true } },
  account: { select: { id: true, name: true, domain: true } },
  needs: { orderBy: { openedAt: 'desc' }, take: MOST_SHOWN },
  touches: { orderBy: [{ isFirst: 'desc' }, { occurredAt: 'desc' }], take: MOST_SHOWN },
  enrollments: { where: { status: 'active' }, include: { revision: { select: { number: true } } }, take: 1 },
  assignments: {
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: 1,
    include: { rep: { select: { id: true, name: true } } },
  },
} as const satisfies Prisma.LeadInclude;

export type LeadDetail = Prisma.LeadGetPayload<{ include: typeof DETAIL_INCLUDE }>;

export async function readLead(db: Db, leadId: string): Promise<LeadDetail | null> {
  return db.lead.findUnique({ where: { id: leadId }, include: DETAIL_INCLUDE });
}

/** Whether the caller may act on a lead that they see: who manages teams, on none that a rep of another team owns by now. */
export async function isInCharge(db: Db, scope: Scope, leadId: string): Promise<boolean> {
  if (scope.kind === 'all' || scope.teams.length === 0) return true;
  const owner = [{ teams: { hasSome: [...scope.teams] } }, { teams: { isEmpty: true } }];
  const where = {
    id: leadId,
    OR: [{ ownerId: null }, { ownerId: scope.repId }, ...owner.map((one) => ({ owner: one }))],
  };
  return (await db.lead.count({ where })) > 0;
}

/** Whether the lead exists, and whether it is in scope. */
export async function leadAccess(db: Db, scope: Scope, leadId: string): Promise<'unknown' | 'hidden' | 'visible'> {
  const lead = await db.lead.findUnique({ where: { id: leadId }, select: { id: true } });
  if (lead === null) return 'unknown';
  if (scope.kind === 'all') return 'visible';
  const visible = await db.lead.count({ where: { AND: [{ id: leadId }, leadsInScope(scope)] } });
  return visible > 0 ? 'visible' : 'hidden';
}

export interface ConsentFacts {
  /** The latest word on marketing mail. */
  latest: Consent | null;
  /** Every reason why the address must not be mailed, the oldest first. */
  suppressions: Suppression[];
}

export async function readConsent(db: Db, lead: { id: string; email: string | null }): Promise<ConsentFacts> {
  const [latest, suppressions] = await Promise.all([
    db.consent.findFirst({
      where: { leadId: lead.id, topic: 'marketing' },
      orderBy: [{ occurredAt: 'desc' }, { recordedAt: 'desc' }],
    }),
    lead.email === null
      ? []
      : db.suppression.findMany({ where: { email: lead.email }, orderBy: [{ occurredAt: 'asc' }, { id: 'asc' }] }),
  ]);
  return { latest, suppressions };
}
