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
  /** Messages that left of which opens, or clicks, are not recorded. */
  untracked: { opened: number; clicked: number };
}

/** Messages that are alike in all that is asked of them. */
interface Group {
  variant: string;
  became: string;
  untracked: string | null;
  measured: boolean;
  reacted: boolean;
  count: number;
}

/** Read in one pass, with one sum: of a large broadcast each takes long. */
export async function ledgerOf(
  db: Db,
  { id, variants, trial }: Pick<Broadcast, 'id' | 'variants' | 'trial'>,
): Promise<Ledger> {
  const by = trial?.by ?? 'clicks';
  const groups = await db.$queryRaw<Group[]>`
    SELECT variant, CASE WHEN status = 'skipped' THEN coalesce(reason, 'skipped') ELSE status::text END AS became,
      untracked, ${isMeasured(by)} AS measured, ${hasReacted(by)} AS reacted, count(*)::int AS count
    FROM sends WHERE broadcast_id = ${id} GROUP BY 1, 2, 3, 4, 5`;
  const count = (which: (group: Group) => boolean): number =>
    groups.reduce((sum, group) => (which(group) ? sum + group.count : sum), 0);
  const became = [...new Set(groups.map((group) => group.became))]
    .map((what) => [what, count((group) => group.became === what)] as const)
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const sent = (which: (group: Group) => boolean): number => count((group) => group.became === 'sent' && which(group));
  return {
    outcomes: Object.fromEntries(became),
    trial: variants.map(({ key }) => ({
      variant: key,
      sent: sent(({ variant }) => variant === key),
      measured: sent(({ variant, measured }) => variant === key && measured),
      reacted: sent(({ variant, reacted }) => variant === key && reacted),
    })),
    untracked: {
      opened: sent(({ untracked }) => untracked !== null),
      clicked: sent(({ untracked }) => untracked === 'all'),
    },
  };
}
