import { moneyInWords } from '../../domain/money-words.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { reasonLabel } from '../../domain/reason-words.ts';
import { listed } from '../../domain/stated-words.ts';
import type { Tx } from '../db.ts';
import type { Need } from '../generated/client.ts';

/** What we had with a lead before, for whoever has it next. */
export interface History {
  /** The latest first. */
  entries: { what: string; at: Date }[];
  /** Why a rep sent it away last; null: none did. */
  lastReason: string | null;
}

const SHOWN = 8;

type NeedWords = Pick<Playbook, 'reasons' | 'productLines' | 'needTypes'>;

type Closed = Pick<
  Need,
  'outcome' | 'outcomeReason' | 'type' | 'productLine' | 'valueMinor' | 'currency' | 'funnelStage'
>;

/** Hand-offs that are over and needs that are closed. */
export async function readHistory(tx: Tx, leadId: string, words: NeedWords): Promise<History> {
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
      select: {
        outcome: true,
        outcomeReason: true,
        closedAt: true,
        type: true,
        productLine: true,
        valueMinor: true,
        currency: true,
        funnelStage: true,
      },
    }),
  ]);
  const entries = [
    ...over.map(({ status, reason, offeredAt, decidedAt, rep }) => ({
      what: `${rep.name} ${endInWords(status, labelOf(reason, words))}`,
      at: decidedAt ?? offeredAt,
    })),
    ...closed.flatMap((need) =>
      need.closedAt === null ? [] : [{ what: closedInWords(need, words), at: need.closedAt }],
    ),
  ];
  return {
    entries: entries.toSorted((a, b) => b.at.getTime() - a.at.getTime()).slice(0, SHOWN),
    lastReason: labelOf(
      over.find(({ status, reason }) => status === 'rejected' && reason !== null)?.reason ?? null,
      words,
    ),
  };
}

function endInWords(status: string, reason: string | null): string {
  if (status === 'rejected') return reason === null ? 'sent it back' : `sent it back as ‘${reason}’`;
  if (reason !== null) return `had it, and it was taken back: ${reason}`;
  return status === 'expired' ? 'let it pass' : 'had it until it was rerouted';
}

const ENDS: Readonly<Record<string, string>> = {
  won: 'Bought',
  lost: 'A sale was lost',
  'no-need': 'No need',
  disqualified: 'Disqualified',
};

/** "Bought: pumps, purchase, €1,200.50, now ‘paid’. Best offer." What a form stated is told where the playbook lists it. */
function closedInWords(need: Closed, words: NeedWords): string {
  const { outcome, outcomeReason, type, productLine, valueMinor, currency, funnelStage } = need;
  const about = [
    listed(words.productLines, productLine),
    listed(words.needTypes, type),
    valueMinor === null ? null : moneyInWords(valueMinor, currency),
    outcome === 'won' && funnelStage !== null ? `now ‘${funnelStage}’` : null,
  ].filter((part) => part !== null);
  const end = ENDS[outcome ?? ''] ?? 'A need was closed';
  const reason = labelOf(outcomeReason, words);
  return `${end}${about.length === 0 ? '' : `: ${about.join(', ')}`}${reason === null ? '' : `. ${reason}`}`;
}

/** What people call the reason; its key when the playbook has it no more. */
function labelOf(key: string | null, { reasons }: NeedWords): string | null {
  return key === null ? null : reasonLabel(key, reasons);
}
