import type { Tx } from '../db.ts';

/** What we had with a lead before, for whoever has it next. */
export interface History {
  /** The latest first. */
  entries: { what: string; at: Date }[];
  /** Why a rep sent it away last; null: none did. */
  lastReason: string | null;
}

const SHOWN = 8;

/** Hand-offs that are over and needs that are closed. */
export async function readHistory(tx: Tx, leadId: string): Promise<History> {
  const [over, closed] = await Promise.all([
    tx.assignment.findMany({
      where: { leadId, status: { in: ['rejected', 'rerouted', 'expired'] } },
      orderBy: [{ offeredAt: 'desc' }, { id: 'desc' }],
      take: SHOWN,
      select: { status: true, reason: true, offeredAt: true, decidedAt: true, rep: { select: { name: true } } },
    }),
    tx.need.findMany({
      where: { leadId, closedAt: { not: null } },
      orderBy: { closedAt: 'desc' },
      take: SHOWN,
      select: { outcome: true, outcomeReason: true, closedAt: true, type: true },
    }),
  ]);
  const entries = [
    ...over.map(({ status, reason, offeredAt, decidedAt, rep }) => ({
      what: `${rep.name} ${endInWords(status, reason)}`,
      at: decidedAt ?? offeredAt,
    })),
    ...closed.flatMap(({ outcome, outcomeReason, closedAt }) =>
      closedAt === null
        ? []
        : [
            {
              what: `A need was closed: ${[outcome, outcomeReason].filter((part) => part !== null).join(', ')}`,
              at: closedAt,
            },
          ],
    ),
  ];
  return {
    entries: entries.toSorted((a, b) => b.at.getTime() - a.at.getTime()).slice(0, SHOWN),
    lastReason: over.find(({ status, reason }) => status === 'rejected' && reason !== null)?.reason ?? null,
  };
}

function endInWords(status: string, reason: string | null): string {
  if (status === 'rejected') return reason === null ? 'sent it back' : `sent it back as ‘${reason}’`;
  if (reason !== null) return `had it, and it was taken back: ${reason}`;
  return status === 'expired' ? 'let it pass' : 'had it until it was rerouted';
}
