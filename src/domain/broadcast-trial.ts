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

/** What became of a variant: messages that were sent, and people who reacted. */
export interface TrialResult {
  variant: string;
  sent: number;
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
  const rate = ({ sent, reacted }: TrialResult): number => (sent === 0 ? 0 : reacted / sent);
  const [best, second] = results.toSorted((one, other) => rate(other) - rate(one));
  const figures = results
    .map(({ variant, sent, reacted }) => `${variant}: ${reacted} of ${sent} ${by === 'clicks' ? 'clicked' : 'replied'}`)
    .join(', ');
  const isClear =
    best !== undefined &&
    second !== undefined &&
    best.reacted >= FEWEST &&
    rate(best) > rate(second) &&
    chanceOf(best.reacted, best.sent, second.reacted, second.sent) < CHANCE;
  if (isClear) return { winner: best.variant, because: `${best.variant} did best (${figures})` };
  const [first] = results;
  if (ifUnclear === 'first' && first !== undefined)
    return { winner: first.variant, because: `It cannot be told which did best (${figures}): the rest gets the first` };
  return { winner: null, because: `It cannot be told which did best (${figures}): a person decides` };
}
