/** The readiness learned from outcomes: its curve, how much better than the rules it is, and what it goes by. */
import type { PastHandOff } from '../domain/backtest.ts';
import { comparedInWords, FIFTHS, SUCCESS_WORDS, tooFewInWords } from '../domain/learned/in-words.ts';
import { learn, type Learning } from '../domain/learned/learn.ts';
import { type Goal, type LearnedModel, oddsOf } from '../domain/learned/model.ts';
import type { ScoringModel } from '../domain/scoring.ts';
import type { Column, Section } from './report.ts';

type Learned = Extract<Learning, { enough: true }>;

/**
 * Learns from these hand-offs, as `nurture scoring learn` does from all, for the goal of the learned readiness in force. With too few outcomes
 * one section that says so.
 * @param cut What was left out of the hand-offs
 */
export function learnedSections(
  past: readonly PastHandOff[],
  scoring: Pick<ScoringModel, 'learned' | 'learnedReady'>,
  cut: readonly string[],
): Section[] {
  const goal = scoring.learned?.goal ?? 'won';
  const learning = learn(past, goal);
  const notes = [...cut, inForce(scoring)];
  if (!learning.enough)
    return [{ ...CURVE, rows: [], none: `${tooFewInWords(learning, goal)} A longer time may have more.`, notes }];
  return [curveSection(learning, goal, notes), weightsSection(learning.model)];
}

const COLUMNS: readonly Column[] = [
  {
    key: 'part',
    title: 'How likely',
    unit: 'text',
    definition: 'The outcomes in five parts of one size, by the chance that was predicted.',
  },
  {
    key: 'outcomes',
    title: 'Outcomes',
    unit: 'count',
    definition: 'Hand-offs of the part that succeeded or did not. The tested model had not seen them.',
  },
  {
    key: 'predicted',
    title: 'Predicted',
    unit: 'share',
    definition:
      'The chance to succeed by what the tested model had learned from older outcomes, on average of the part.',
  },
  { key: 'observed', title: 'Came true', unit: 'share', definition: 'Succeeded, of the outcomes of the part.' },
];

const CURVE = {
  key: 'learned',
  title: 'Learned readiness: what was predicted, and what came true',
  columns: COLUMNS,
  chart: { kind: 'curve', columns: ['predicted', 'observed'] },
} as const;

function curveSection({ model, quality, better }: Learned, goal: Goal, notes: readonly string[]): Section {
  return {
    ...CURVE,
    rows: quality.calibration.map(({ outcomes, predicted, observed }, n) => ({
      cells: { part: FIFTHS[n] ?? '', outcomes, predicted: shareOf(predicted), observed: shareOf(observed) },
    })),
    notes: [
      `Learned from ${model.outcomes} hand-offs, of which ${model.successes} were ${SUCCESS_WORDS[goal]}, and tested on the newest ${quality.unseen}, which the tested model had not seen. ${comparedInWords(quality, better).join(' ')}`,
      'Below the dashed line more was promised than came true, above it less.',
      ...notes,
    ],
  };
}

/** Of percent with one decimal. */
const shareOf = (percent: number): number => Math.round(percent * 10) / 1_000;

function weightsSection({ weights }: LearnedModel): Section {
  return {
    key: 'learned-weights',
    title: 'What the learned readiness goes by',
    columns: [
      {
        key: 'what',
        title: 'Of two leads alike in all else, one with',
        unit: 'text',
        definition: 'What is known of a lead when it is handed over.',
      },
      {
        key: 'times',
        title: 'Times the odds',
        unit: 'count',
        definition:
          'Odds are successes to failures: 2 is twice as many successes for each failure, 1 makes no difference, below 1 speaks against it.',
      },
    ],
    rows: weights.map((one) => ({ cells: oddsOf(one) })),
    notes: [],
  };
}

/** What is in use, which was learned when somebody last wrote it. */
function inForce({ learned, learnedReady }: Pick<ScoringModel, 'learned' | 'learnedReady'>): string {
  if (learned === undefined)
    return 'No learned readiness is in force. To have it advise: npx nurture scoring learn --write, then npx nurture publish.';
  const says =
    learnedReady === undefined ? 'It advises.' : `It advises, and a lead of ${learnedReady}% is ready by it.`;
  return `In force is what was learned from ${learned.outcomes} hand-offs until ${learned.until}. ${says}`;
}
