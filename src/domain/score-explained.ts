import { countedOf, lineScoreAtMs, partsOfScore, scoreAtMs, type ScoreRow, worthOf } from './score.ts';
import { bandOf } from './readiness.ts';
import type { ScoringModel } from './scoring.ts';
import type { Grade } from './stage.ts';

/** What a group of rules has, and what of it counts. */
export interface GroupShare {
  group: string;
  /** What is left of its points. */
  points: number;
  /** What of them counts: not more than the limit, and never less than 0. */
  counts: number;
  limit: number | null;
}

export function groupShares(lead: ScoreRow, atMs: number, model: ScoringModel): GroupShare[] {
  return Object.entries(partsOfScore(lead).groups ?? {}).map(([group, portion]) => ({
    group,
    points: worthOf(group, portion, atMs, model),
    counts: countedOf(group, portion, atMs, model),
    limit: model.groups?.find((one) => one.group === group)?.limit ?? null,
  }));
}

/** The score of each product line that has one, the highest first. */
export function lineScores(lead: ScoreRow, atMs: number, model: ScoringModel): { line: string; score: number }[] {
  return Object.keys(partsOfScore(lead).lines ?? {})
    .map((line) => ({ line, score: lineScoreAtMs(lead, line, atMs, model) }))
    .toSorted((a, b) => b.score - a.score || (a.line < b.line ? -1 : 1));
}

/** What a lead that is not ready lacks. */
export interface MissingPoints {
  /** Whole points, rounded up: with so many more it is ready. */
  points: number;
  /** Rules that would give as many at once, the smallest first. Caps, rests and limits are not looked at. */
  by: { rule: string; event: string; points: number }[];
}

/** Null when the lead is ready by its score, or can never be with its grade. */
export function missingPoints(lead: ScoreRow, grade: Grade, atMs: number, model: ScoringModel): MissingPoints | null {
  const needed = model.ready[grade];
  const score = scoreAtMs(lead, atMs, model);
  if (needed === null || score >= needed) return null;
  return missing(needed - score, model);
}

function missing(points: number, model: ScoringModel): MissingPoints {
  const by = model.engagement
    .flatMap((one) => {
      const { rule, event } = one;
      return typeof one.points === 'number' && one.points >= points ? [{ rule, event, points: one.points }] : [];
    })
    .toSorted((a, b) => a.points - b.points);
  return { points: Math.ceil(points), by };
}

/** The band that the score is in, and what is missing to the next one; null where there are no bands. */
export interface BandReached {
  now: string;
  /** Null: it is in the highest. */
  next: ({ band: string } & MissingPoints) | null;
}

export function bandReached(lead: ScoreRow, atMs: number, model: ScoringModel): BandReached | null {
  const score = scoreAtMs(lead, atMs, model);
  const now = bandOf(model, score);
  if (now === null) return null;
  const next = model.bands?.findLast(({ from }) => from > score);
  return { now, next: next === undefined ? null : { band: next.band, ...missing(next.from - score, model) } };
}
