import type { TrialResult } from '../../domain/broadcast-trial.ts';
import type { Db } from '../db.ts';
import type { Broadcast } from './broadcasts.ts';
import { hasReacted, isMeasured } from './trial.ts';

/** What the messages of a broadcast say of it. */
export interface Ledger {
  /** Leads by what became of them: sent, in_doubt, failed, claimed, or the reason why they got nothing; most first. */
  outcomes: Record<string, number>;
  /** See `trialResults`. */
  trial: TrialResult[];
  /** Messages that left of which it cannot be known whether they were opened, or clicked. */
  unknown: { opens: number; clicks: number };
}

interface Group extends TrialResult {
  variant: string;
  became: string;
  count: number;
  opens: number;
  clicks: number;
}

/** Read in one pass: of a large broadcast each takes long. */
export async function ledgerOf(
  db: Db,
  { id, variants, trial }: Pick<Broadcast, 'id' | 'variants' | 'trial'>,
): Promise<Ledger> {
  const by = trial?.by ?? 'clicks';
  const groups = await db.$queryRaw<Group[]>`
    SELECT variant, CASE WHEN status = 'skipped' THEN coalesce(reason, 'skipped') ELSE status::text END AS became,
      count(*)::int AS count, (count(*) FILTER (WHERE status = 'sent'))::int AS sent,
      (count(*) FILTER (WHERE status = 'sent' AND ${isMeasured(by)}))::int AS measured,
      (count(*) FILTER (WHERE status = 'sent' AND ${hasReacted(by)}))::int AS reacted,
      (count(*) FILTER (WHERE status = 'sent' AND untracked IS NOT NULL))::int AS opens,
      (count(*) FILTER (WHERE status = 'sent' AND untracked = 'all'))::int AS clicks
    FROM sends WHERE broadcast_id = ${id} GROUP BY 1, 2`;
  const sum = (all: readonly Group[], what: 'count' | 'sent' | 'measured' | 'reacted' | 'opens' | 'clicks'): number =>
    all.reduce((total, group) => total + group[what], 0);
  const became = Object.entries(Object.groupBy(groups, (group) => group.became))
    .map(([key, all = []]) => [key, sum(all, 'count')] as const)
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return {
    outcomes: Object.fromEntries(became),
    trial: variants.map(({ key }) => {
      const all = groups.filter(({ variant }) => variant === key);
      return { variant: key, sent: sum(all, 'sent'), measured: sum(all, 'measured'), reacted: sum(all, 'reacted') };
    }),
    unknown: { opens: sum(groups, 'opens'), clicks: sum(groups, 'clicks') },
  };
}
