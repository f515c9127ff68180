/** Whether higher scores, or better grades, win more often: the verdict on a backtest's rows in a sentence. */
import type { BacktestRow } from './backtest.ts';
import { Z95 } from './compare-shares.ts';

/** Fewer outcomes tell nothing: the normal approximation of the test does not hold. */
const LEAST_OUTCOMES = 20;

const SUBJECTS = { score: 'Higher scores', grade: 'Better grades' } as const;

/**
 * The trend of the win rate over the rows, by the test of Cochran (1954) and Armitage (1955), two-sided at 95%.
 * @param rows The highest score, or the best grade, first
 * @returns Null where there is one row with outcomes, or none: nothing can be compared
 */
export function verdictOfBands(rows: readonly BacktestRow[], of: keyof typeof SUBJECTS): string | null {
  const told = rows.map(({ name, won, lost, rejected }) => ({ name, won, of: won + lost + rejected }));
  const decided = told.filter((row) => row.of > 0);
  const [best, worst] = [decided[0], decided.at(-1)];
  if (best === undefined || worst === undefined || best === worst) return null;
  const shares = `${shareInWords(best)}, ${shareInWords(worst)}`;
  const all = decided.reduce((sum, row) => sum + row.of, 0);
  if (all < LEAST_OUTCOMES)
    return `${SUBJECTS[of]}: ${all} outcomes are too few to say whether they win more often (${LEAST_OUTCOMES} at least).`;
  const z = trendOf(decided);
  if (z > Z95) return `${SUBJECTS[of]} win more often (${shares}), which is more than chance (95% sure).`;
  if (z < -Z95)
    return `${SUBJECTS[of]} win less often (${shares}), which is more than chance (95% sure): the rules give points for what does not lead to a sale. The rules that sales most often sends back are the ones to look at first.`;
  return `Whether ${SUBJECTS[of].toLowerCase()} win more often is not known from ${all} outcomes (${shares}): the difference may be chance.`;
}

const shareInWords = ({ name, won, of }: { name: string; won: number; of: number }): string =>
  `${won} of ${of} won at ${name}`;

/** The statistic of the test, standard normal where there is no trend; above 0 where the first rows win more. 0 where all, or none, won. */
function trendOf(rows: readonly { won: number; of: number }[]): number {
  const all = rows.reduce((sum, row) => sum + row.of, 0);
  const share = rows.reduce((sum, row) => sum + row.won, 0) / all;
  const weighed = (weight: (row: { won: number; of: number }, place: number) => number): number =>
    rows.reduce((sum, row, i) => sum + weight(row, -i), 0);
  const trend = weighed((row, place) => place * (row.won - row.of * share));
  const spread = weighed((row, place) => place ** 2 * row.of) - weighed((row, place) => place * row.of) ** 2 / all;
  const variance = share * (1 - share) * spread;
  return variance === 0 ? 0 : trend / Math.sqrt(variance);
}
