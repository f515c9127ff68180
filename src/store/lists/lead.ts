import { readLatestConsent, readUnconfirmedConsent } from '../consent/consent.ts';
import type { Db } from '../db.ts';
import type { Consent, Prisma, Suppression } from '../generated/client.ts';
import { withNames } from './names.ts';

/** A form can be sent any number of times, so only the first touch and the latest ones are read. */
const MOST_SHOWN = 200;

const DETAIL_INCLUDE = {
  owner: { select: { id: true, key: true, name: true } },
  account: { select: { id: true, name: true, domain: true } },
  needs: { orderBy: { openedAt: 'desc' }, take: MOST_SHOWN },
  touches: { orderBy: [{ isFirst: 'desc' }, { occurredAt: 'desc' }], take: MOST_SHOWN },
  enrollments: {
    where: { endedAt: null },
    include: { revision: { select: { number: true } } },
    orderBy: { id: 'asc' },
  },
  assignments: {
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: 1,
    include: { rep: { select: { id: true, key: true, name: true } } },
  },
} as const satisfies Prisma.LeadInclude;

type Read = Prisma.LeadGetPayload<{ include: typeof DETAIL_INCLUDE }>;

export interface LeadDetail extends Read {
  /** Reminders that run beside the cadence, and cadences that stand still behind it. */
  beside: Read['enrollments'];
}

export async function readLead(db: Db, leadId: string): Promise<LeadDetail | null> {
  const read = await db.lead.findUnique({ where: { id: leadId }, include: DETAIL_INCLUDE });
  if (read === null) return null;
  const isMain = ({ status, kind }: Read['enrollments'][number]): boolean => status === 'active' && kind === 'main';
  const enrollments = read.enrollments.filter(isMain);
  const lead = { ...read, enrollments, beside: read.enrollments.filter((one) => !isMain(one)) };
  if (lead.heldReason === null) return lead;
  const [heldReason = null] = await withNames(db, [lead.heldReason]);
  return { ...lead, heldReason };
}

/** How a person can be reached; null when there is no such lead. */
export async function readContact(
  db: Db,
  leadId: string,
): Promise<{ email: string | null; phone: string | null } | null> {
  return db.lead.findUnique({ where: { id: leadId }, select: { email: true, phone: true } });
}

/** The stage of a lead and the name of who has it; null when there is no such lead. */
export async function readOwnerNow(db: Db, leadId: string): Promise<{ stage: string; name: string | null } | null> {
  const lead = await db.lead.findUnique({
    where: { id: leadId },
    select: { stage: true, owner: { select: { name: true } } },
  });
  return lead === null ? null : { stage: lead.stage, name: lead.owner?.name ?? null };
}

export interface ConsentFacts {
  /** The latest consent to marketing mail, or its refusal. */
  latest: Consent | null;
  /** A later consent in a public form that the person has not confirmed. */
  unconfirmed: Consent | null;
  /** Every reason why the address must not be mailed, the oldest first. */
  suppressions: Suppression[];
}

export async function readConsent(db: Db, lead: { id: string; email: string | null }): Promise<ConsentFacts> {
  const [latest, attempt, suppressions] = await Promise.all([
    readLatestConsent(db, lead.id),
    readUnconfirmedConsent(db, lead.id),
    lead.email === null
      ? []
      : db.suppression.findMany({ where: { email: lead.email }, orderBy: [{ occurredAt: 'asc' }, { id: 'asc' }] }),
  ]);
  const isLater = attempt !== null && (latest === null || attempt.occurredAt >= latest.occurredAt);
  return { latest, unconfirmed: isLater ? attempt : null, suppressions };
}
