/** The variants of a broadcast are tried on a share of its leads; the rest gets the one that did best. */
import type { BroadcastVariant } from './broadcast.ts';
import { chanceOf } from './canary.ts';
import { stableShare } from './stable-share.ts';

export interface BroadcastTrial {
  /** Of the leads: more than 0, less than 1. */
  share: number;
  /** From the last message of the trial on, in milliseconds. */
  forMs: number;
  /** What counts: people who clicked, or replied. Never opens. */
  by: 'clicks' | 'replies';
  /** Where it cannot be told which did best: the rest gets the first, or a person decides. */
  ifUnclear: 'first' | 'person';
}

/** What became of a variant: messages that were sent, those whose reader's reaction can be known, and people who reacted. */
export interface TrialResult {
  variant: string;
  sent: number;
  /** Of those sent. A mail that is not tracked tells nothing of clicks; an answer to it is known as any other. */
  measured: number;
  reacted: number;
}

/** The wave of a lead, and its variant if it is tried on it. The same lead always gets the same answer. */
export function placeInTrial(
  broadcastId: string,
  leadId: string,
  variants: readonly BroadcastVariant[],
  trial: BroadcastTrial | null,
): { wave: number; variant: string | null } {
  if (trial === null) return { wave: 0, variant: variants[0]?.key ?? null };
  if (stableShare('trial', broadcastId, leadId) >= trial.share) return { wave: 1, variant: null };
  const at = Math.floor(stableShare('variant', broadcastId, leadId) * variants.length);
  return { wave: 0, variant: variants[at]?.key ?? null };
}

/** Fewer people than that who reacted to the best decide nothing. */
const FEWEST = 5;
/** A difference that chance alone makes less often than so counts. */
const CHANCE = 0.05;

/** The variant that did best, and why; null where a person has to decide. */
export function winnerOf(
  results: readonly TrialResult[],
  { by, ifUnclear }: Pick<BroadcastTrial, 'by' | 'ifUnclear'>,
): { winner: string | null; because: string } {
  const rate = ({ measured, reacted }: TrialResult): number => (measured === 0 ? 0 : reacted / measured);
  const [best, second] = results.toSorted((one, other) => rate(other) - rate(one));
  const figures = results
    .map((one) => `${one.variant}: ${reactedInWords(one, by === 'clicks' ? 'clicked' : 'replied')}`)
    .join('; ');
  const isClear =
    best !== undefined &&
    second !== undefined &&
    results.every(({ measured }) => measured > 0) &&
    best.reacted >= FEWEST &&
    rate(best) > rate(second) &&
    chanceOf(best.reacted, best.measured, second.reacted, second.measured) < CHANCE;
  if (isClear) return { winner: best.variant, because: `${best.variant} did best (${figures})` };
  const [first] = results;
  if (ifUnclear === 'first' && first !== undefined)
    return { winner: first.variant, because: `It cannot be told which did best (${figures}): the rest gets the first` };
  return { winner: null, because: `It cannot be told which did best (${figures}): a person decides` };
}

/** "40 of 480 clicked, 20 more were not tracked" */
export function reactedInWords({ sent, measured, reacted }: Omit<TrialResult, 'variant'>, did: string): string {
  const others = sent - measured;
  const untracked = others === 0 ? '' : `, ${others} more ${others === 1 ? 'was' : 'were'} not tracked`;
  return `${reacted} of ${measured} ${did}${untracked}`;
}
