/** The product line that a lead shows interest in, beside what its need is about. */
import type { Rating } from './readiness.ts';
import { lineScoreAtMs, partsOfScore, type ScoreRow } from './score.ts';

/**
 * The product line with the highest score, if it has come to `lineNeed.score` of scoring.yaml and the current need (open, or the last one
 * that was closed) is not about it. Null: there is none, or the file has no `lineNeed`.
 *
 * @param current Product line of the current need; null: it has none
 */
export function proposedLine(
  rating: Rating,
  lead: ScoreRow,
  current: string | null,
  atMs: number,
): { line: string; score: number } | null {
  const { lineNeed } = rating;
  if (lineNeed === undefined) return null;
  const [best] = Object.keys(partsOfScore(lead).lines ?? {})
    .filter((line) => line !== current)
    .map((line) => ({ line, score: lineScoreAtMs(lead, line, atMs, rating) }))
    .filter(({ score }) => score >= lineNeed.score)
    .toSorted((a, b) => b.score - a.score || (a.line < b.line ? -1 : 1));
  return best ?? null;
}
