/** Learns a readiness from past hand-offs, and says how good it is on outcomes that it had not seen. */
import type { PastHandOff } from '../backtest.ts';
import { GRADES } from '../stage.ts';
import { fitLogistic } from './logistic.ts';
import { featureValue, type Goal, learnedPercent, type LearnedModel } from './model.ts';

/** So many successes and so many failures are needed. */
export const OUTCOMES_NEEDED = 30;
/** Share of the outcomes, the oldest, that the tested model is learned from. The others it has not seen. */
const SEEN_SHARE = 0.7;
/** Of each kind, among the outcomes that it has not seen. */
const UNSEEN_NEEDED = 5;
/** A source of fewer hand-offs than this share is one of the rare ones. */
const RARE_SHARE = 0.05;
const BINS = 5;

export interface CalibrationBin {
  outcomes: number;
  /** Percent, on average. */
  predicted: number;
  /** Percent that succeeded. */
  observed: number;
}

/** On outcomes that the tested model had not seen. */
export interface Quality {
  unseen: number;
  /**
   * The chance that a hand-off that succeeded is put before one that did not: 0.5 is a coin, 1 is always right. `rules`: by what the rules
   * say, ready ones first, then by score.
   */
  learned: number;
  rules: number;
  /** Percent of successes among the best fifth by each, and among all. */
  bestFifth: { learned: number; rules: number; all: number };
  calibration: CalibrationBin[];
}

export type Learning =
  | { enough: false; successes: number; failures: number; needed: number }
  | { enough: true; model: LearnedModel; quality: Quality; better: boolean };

interface Labeled {
  past: PastHandOff;
  success: boolean;
}

/** Hand-offs without an outcome yet are left out. */
export function learn(handOffs: readonly PastHandOff[], goal: Goal): Learning {
  const all = handOffs.flatMap((past) => labeled(past, goal)).toSorted((a, b) => a.past.atMs - b.past.atMs);
  const successes = all.filter(({ success }) => success).length;
  const failures = all.length - successes;
  const cut = Math.floor(all.length * SEEN_SHARE);
  const [seen, unseen] = [all.slice(0, cut), all.slice(cut)];
  const isThin = [true, false].some((kind) => unseen.filter(({ success }) => success === kind).length < UNSEEN_NEEDED);
  if (Math.min(successes, failures) < OUTCOMES_NEEDED || isThin)
    return { enough: false, successes, failures, needed: OUTCOMES_NEEDED };
  const quality = qualityOf(modelOf(seen, goal), unseen);
  return { enough: true, model: modelOf(all, goal), quality, better: quality.learned > quality.rules };
}

function labeled(past: PastHandOff, goal: Goal): Labeled[] {
  if (goal === 'opportunity' && past.opportunity) return [{ past, success: true }];
  if (past.result === 'open') return [];
  return [{ past, success: past.result === 'won' }];
}

function modelOf(examples: readonly Labeled[], goal: Goal): LearnedModel {
  const features = featuresOf(examples);
  const rows = examples.map(({ past }) => features.map((feature) => featureValue(feature, past)));
  const { intercept, weights } = fitLogistic(
    rows,
    examples.map(({ success }) => success),
  );
  const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
  return {
    goal,
    until: new Date(examples.at(-1)?.past.atMs ?? 0).toISOString().slice(0, 10),
    outcomes: examples.length,
    successes: examples.filter(({ success }) => success).length,
    intercept: rounded(intercept),
    weights: features.map((feature, n) => ({ feature, weight: rounded(weights[n] ?? 0) })),
  };
}

function featuresOf(examples: readonly Labeled[]): string[] {
  const counts = new Map<string, number>();
  for (const { past } of examples)
    if (past.source !== null) counts.set(past.source, (counts.get(past.source) ?? 0) + 1);
  const sources = [...counts].filter(([, count]) => count >= examples.length * RARE_SHARE).map(([source]) => source);
  const grades = GRADES.filter((grade) => grade !== 'C').map((grade) => `grade:${grade}`);
  return ['score', ...grades, 'freeMail', ...sources.toSorted().map((source) => `source:${source}`)];
}

function qualityOf(model: LearnedModel, unseen: readonly Labeled[]): Quality {
  const byLearned = unseen.map((one) => ({ ...one, rank: learnedPercent(model, one.past) }));
  const byRules = unseen.map((one) => ({ ...one, rank: (one.past.ready ? 1_000_000 : 0) + one.past.score }));
  return {
    unseen: unseen.length,
    learned: rankingOf(byLearned),
    rules: rankingOf(byRules),
    bestFifth: { learned: bestFifth(byLearned), rules: bestFifth(byRules), all: shareOf(unseen) },
    calibration: calibrationOf(byLearned),
  };
}

interface Ranked extends Labeled {
  rank: number;
}

/** The area under the curve: pairs in the right order, a tie counts half. */
export function rankingOf(ranked: readonly { rank: number; success: boolean }[]): number {
  const sorted = ranked.toSorted((a, b) => a.rank - b.rank);
  let [rankSum, place, successes] = [0, 0, 0];
  while (place < sorted.length) {
    const { rank } = sorted[place] ?? { rank: 0 };
    let end = place;
    while (end < sorted.length && sorted[end]?.rank === rank) end += 1;
    const middle = (place + 1 + end) / 2;
    for (const { success } of sorted.slice(place, end))
      if (success) [rankSum, successes] = [rankSum + middle, successes + 1];
    place = end;
  }
  const pairs = successes * (sorted.length - successes);
  const area = pairs === 0 ? 0.5 : (rankSum - (successes * (successes + 1)) / 2) / pairs;
  return Math.round(area * 1_000) / 1_000;
}

function bestFifth(ranked: readonly Ranked[]): number {
  return shareOf(ranked.toSorted((a, b) => b.rank - a.rank).slice(0, Math.ceil(ranked.length / 5)));
}

function shareOf(of: readonly { success: boolean }[]): number {
  return Math.round((of.filter(({ success }) => success).length / Math.max(1, of.length)) * 1_000) / 10;
}

/** In parts of equal size, the least likely first. */
function calibrationOf(ranked: readonly Ranked[]): CalibrationBin[] {
  const sorted = ranked.toSorted((a, b) => a.rank - b.rank);
  return Array.from({ length: BINS }, (_, n) => {
    const part = sorted.slice(Math.floor((n * sorted.length) / BINS), Math.floor(((n + 1) * sorted.length) / BINS));
    const predicted = part.reduce((sum, { rank }) => sum + rank, 0) / Math.max(1, part.length);
    return { outcomes: part.length, predicted: Math.round(predicted * 10) / 10, observed: shareOf(part) };
  });
}
