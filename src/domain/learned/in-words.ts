/** How good a learned readiness is, in sentences: the command line, reports and their mails say the same. */
import type { Learning, Quality } from './learn.ts';
import type { Goal } from './model.ts';

/** "24 hand-offs were … " */
export const SUCCESS_WORDS: Readonly<Record<Goal, string>> = { won: 'won', opportunity: 'an opportunity at least' };

/** The parts of `Quality.calibration`, in their order. */
export const FIFTHS = [
  'The least likely fifth',
  'The second fifth',
  'The middle fifth',
  'The fourth fifth',
  'The most likely fifth',
] as const;

export function tooFewInWords(
  { successes, failures, needed }: Extract<Learning, { enough: false }>,
  goal: Goal,
): string {
  return `There are too few outcomes to learn from: ${successes} hand-offs were ${SUCCESS_WORDS[goal]}, ${failures} were not. At least ${needed} of each are needed, and some of each among the newest. Nothing is guessed.`;
}

/** Against the rules, on outcomes that the tested model had not seen. */
export function comparedInWords({ learned, rules, bestFifth }: Quality, better: boolean): string[] {
  return [
    `The learned readiness puts a success before a failure in ${ofHundred(learned)} of 100 pairs; the rules do in ${ofHundred(rules)}, a coin in 50.`,
    `Of the best fifth ${bestFifth.learned}% succeed; of the best fifth by the rules ${bestFifth.rules}%, of all ${bestFifth.all}%.`,
    better ? 'It is better than the rules.' : 'It is NOT better than the rules: go on with the rules.',
  ];
}

function ofHundred(ranking: number): number {
  return Math.round(ranking * 100);
}
