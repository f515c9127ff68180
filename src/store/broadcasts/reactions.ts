import type { Verdict } from '../../domain/machine-open.ts';
import type { Db } from '../db.ts';
import type { Ledger } from './ledger.ts';

export const REACTIONS = ['opened', 'clicked', 'replied'] as const;
export type Reaction = (typeof REACTIONS)[number];
export const VERDICTS = ['human', 'suspect', 'machine', 'unknown'] as const satisfies readonly Verdict[];

/**
 * Messages of a broadcast on which somebody or something reacted so, by the verdict on it. A message on which a person and a machine clicked
 * counts in both. `untracked`: messages that left of which it is not recorded.
 */
export type Reactions = Readonly<Record<Reaction, Readonly<Record<Verdict | 'untracked', number>>>>;

/** What is kept with the events: `mail_reaction_of` in the database says which number is what. */
export async function reactionsOf(
  db: Db,
  broadcastId: string,
  ledger: Promise<Pick<Ledger, 'untracked'>>,
): Promise<Reactions> {
  const [rows, { untracked }] = await Promise.all([counted(db, broadcastId), ledger]);
  const counts = new Map(rows.map(({ reaction, count }) => [reaction, count]));
  const of = (reaction: Reaction) => {
    const tens = 10 * (REACTIONS.indexOf(reaction) + 1);
    const count = (verdict: Verdict): number => counts.get(tens + VERDICTS.indexOf(verdict) + 1) ?? 0;
    return { human: count('human'), suspect: count('suspect'), machine: count('machine'), unknown: count('unknown') };
  };
  return {
    opened: { ...of('opened'), untracked: untracked.opened },
    clicked: { ...of('clicked'), untracked: untracked.clicked },
    // Whoever answers does so in a mail of their own.
    replied: { ...of('replied'), untracked: 0 },
  };
}

function counted(db: Db, broadcastId: string): Promise<{ reaction: number; count: number }[]> {
  return db.$queryRaw`
    SELECT reaction, count(*)::int AS count FROM broadcast_reactions WHERE broadcast_id = ${broadcastId} GROUP BY 1`;
}
