import type { Span } from './cadence.ts';
import type { OutcomeResult } from './commands.ts';

/** playbook/reasons.yaml, validated: why a rep rejects or closes a lead, and what follows. */
export interface RejectReason {
  reason: string;
  /** Words for the rep. */
  label: string;
  follow: RejectFollow;
  /** A rejection with this reason needs a note: what the next person has to know. */
  note?: 'required';
}

/** Why a lead may be disqualified, whatever the playbook says. */
export const DISQUALIFIED_BECAUSE = ['spam', 'invalid', 'competitor', 'duplicate'] as const;

/**
 * The keys of reasons that may stand in a process's history, where nothing can be taken out again: what people may choose from. Any other
 * word can be somebody's name, and stays in the database.
 */
export function knownReasons({ reasons }: { reasons: readonly RejectReason[] }): string[] {
  return [...new Set([...DISQUALIFIED_BECAUSE, ...reasons.map(({ reason }) => reason)])];
}

export type RejectFollow =
  | {
      kind: 'recycle';
      cadence: string;
      coolOff: Span;
      /** What happens to the engagement score. */
      score: 'keep' | 'halve' | 'reset';
      /** A need that was sent back more often than this is dormant instead. */
      limit?: number;
    }
  /** Waits for a person who sends it to another team or rep, not back to the rep who rejected it. */
  | { kind: 'reroute' }
  /** `cadence`: what follows the end of the need. One that nurtures opens another need: the lead may come back. */
  | { kind: 'no-need'; cadence?: string }
  /** Said of a lost sale alone. */
  | { kind: 'lost'; cadence?: string }
  /** Said of a won sale alone; `cadence` in place of `wonCadence`. */
  | { kind: 'won'; cadence?: string }
  /** `givesTurnBack`: the offer does not count for the rep, as with spam. */
  | { kind: 'disqualify'; givesTurnBack?: true };

/** The reason says why a sale was won or lost: nobody rejects an offer with it. */
export function isOfOutcome({ follow }: Pick<RejectReason, 'follow'>): boolean {
  return follow.kind === 'won' || follow.kind === 'lost';
}

/** Why the reason cannot be given with a rejection, or with this outcome; null when it can. */
export function reasonMisfit(reason: RejectReason, given: 'reject' | OutcomeResult): string | null {
  const { follow, label } = reason;
  if (!isOfOutcome(reason) || follow.kind === given) return null;
  return `‘${label}’ says why a sale was ${follow.kind}: it goes with the outcome ‘${follow.kind}’ alone.`;
}
