/** A lead that a rep, or a manager in their place, gave away: for them, to whom it is not shown any more. */
import { leadNow } from '../clock.ts';
import type { Db } from '../db.ts';

export interface GivenBack {
  /** rejected: sent back. rerouted: qualified on, or handed over. */
  status: 'rejected' | 'rerouted';
  /** Key of the reason. */
  reason: string | null;
  at: Date;
  /** Null: it was not just now, so that the lead is not theirs to know any more. */
  lead: { firstName: string | null; lastName: string | null; company: string | null } | null;
}

/** So long who gave it away is told its name: in the answer to their own form. */
const JUST_NOW_MS = 10 * 60_000;
/** Hand-offs of a lead, the latest first. */
const MOST_READ = 20;

/**
 * The latest hand-off of the lead that one of these ended, by sending it back or passing it on; null: they ended none.
 * @param handles As whom a decision is kept
 */
export async function readGivenBack(
  db: Db,
  leadId: string,
  handles: readonly string[],
  realNowMs: number,
): Promise<GivenBack | null> {
  const ended = await db.assignment.findMany({
    where: { leadId, status: { in: ['rejected', 'rerouted'] } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: MOST_READ,
    include: { lead: { select: { firstName: true, lastName: true, company: true, clockOffsetMs: true } } },
  });
  const latest = ended.find(({ decidedBy }) => decidedBy !== null && handles.includes(decidedBy));
  if (latest === undefined || latest.decidedAt === null) return null;
  const { status, reason, decidedAt, lead } = latest;
  const isJustNow = leadNow(lead, realNowMs) - decidedAt.getTime() < JUST_NOW_MS;
  return {
    status: status === 'rejected' ? 'rejected' : 'rerouted',
    reason,
    at: decidedAt,
    lead: isJustNow ? { firstName: lead.firstName, lastName: lead.lastName, company: lead.company } : null,
  };
}
