import type { Cadence } from '../../domain/cadence.ts';
import type { Db, Tx } from '../db.ts';
import type { Assignment, CadenceRevision, Enrollment, Lead, Need, Touch } from '../generated/client.ts';
import { lockLead } from '../lock.ts';

/** A run through a cadence with the revision it is pinned to. */
export interface ActiveEnrollment extends Enrollment {
  revision: CadenceRevision;
  cadenceAsPinned: Cadence;
}

/** All that the process of a lead decides by, read under the lead's lock. */
export interface Picture {
  lead: Lead;
  /** The current need: open, or the last one closed. */
  need: Need | null;
  enrollment: ActiveEnrollment | null;
  /** The latest hand-off of the current need. */
  assignment: Assignment | null;
  firstTouch: Touch | null;
  lastTouch: Touch | null;
  /** Requests that the process has not yet taken into account, oldest first. */
  unhandled: Touch[];
}

/**
 * Locks the lead and reads where it stands.
 * @throws AppError LEAD_UNKNOWN
 */
export async function readPicture(tx: Tx, leadId: string): Promise<Picture> {
  const lead = await lockLead(tx, leadId);
  const [need, enrollment, assignment, touches] = await Promise.all([
    lead.needId === null ? null : tx.need.findUnique({ where: { id: lead.needId } }),
    tx.enrollment.findFirst({ where: { leadId, status: 'active' }, include: { revision: true } }),
    lead.needId === null
      ? null
      : tx.assignment.findFirst({ where: { needId: lead.needId }, orderBy: [{ offeredAt: 'desc' }, { id: 'desc' }] }),
    tx.touch.findMany({ where: { leadId }, orderBy: [{ occurredAt: 'asc' }, { id: 'asc' }] }),
  ]);
  return {
    lead,
    need,
    enrollment: enrollment === null ? null : pinned(enrollment),
    assignment,
    firstTouch: touches.find((touch) => touch.isFirst) ?? touches[0] ?? null,
    lastTouch: touches.at(-1) ?? null,
    unhandled: touches.filter((touch) => touch.handledAt === null),
  };
}

/** An enrollment row with its revision, the definition of which was validated before it was stored. */
export function pinned(enrollment: Enrollment & { revision: CadenceRevision }): ActiveEnrollment {
  return { ...enrollment, cadenceAsPinned: enrollment.revision.definition as unknown as Cadence };
}

/** One transaction of at most 15 s; the lead's lock is held to its end. */
export function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.$transaction(work, { timeout: 15_000, maxWait: 15_000 });
}
