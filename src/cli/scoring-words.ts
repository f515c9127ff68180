/** Tables of a backtest, and a learned readiness in words. */
import Table from 'cli-table3';
import { verdictOfBands } from '../domain/band-verdict.ts';
import { type Backtest, type BacktestRow, withReasonLabels } from '../domain/backtest.ts';
import { comparedInWords, FIFTHS, SUCCESS_WORDS, tooFewInWords } from '../domain/learned/in-words.ts';
import type { CalibrationBin, Learning } from '../domain/learned/learn.ts';
import { type Goal, type LearnedModel, weightInWords } from '../domain/learned/model.ts';
import type { Playbook } from '../domain/playbook.ts';
import { pairedBars } from '../reports/paired-bars.ts';

/** @param reasons The labels of reasons that reps choose from */
export function backtestInWords(
  { all, bands, grades, rules }: Backtest,
  gradesOf: 'history' | 'now',
  reasons: Playbook['reasons'],
): string {
  const tableOf = (head: string, rows: readonly BacktestRow[]): string =>
    backtestTable(head, withReasonLabels(rows, reasons));
  if (all.handOffs === 0) return 'No rep has decided on a lead yet: there is nothing to test the rules on.';
  const note =
    gradesOf === 'history'
      ? 'Grades are those that the leads had then.'
      : 'The fit rules are not those in force: grades are made anew, by the profiles as they are now.';
  return [
    `${all.handOffs} hand-offs that a rep decided on: ${all.won} won, ${all.lost} lost, ${all.rejected} rejected, ${all.open} without an outcome yet.`,
    `Scores are those that the rules in the folder would have given by then. ${note}`,
    '',
    tableOf('Score', [...bands, all]),
    ...said(verdictOfBands(bands, 'score')),
    '',
    tableOf('Grade', grades),
    ...said(verdictOfBands(grades, 'grade')),
    '',
    tableOf('Rule', rules),
    '“Not by score”: grade and score alone had not made them ready. A high-intent event, a person or older rules brought them.',
  ].join('\n');
}

function said(verdict: string | null): string[] {
  return verdict === null ? [] : [verdict];
}

function backtestTable(head: string, rows: readonly BacktestRow[]): string {
  const table = new Table({
    head: [
      head,
      'Hand-offs',
      'Not by score',
      'Won',
      'Lost',
      'Rejected',
      'Open',
      'Win rate',
      'Reject rate',
      'Most frequent reason',
    ],
    style: { head: [], border: [] },
  });
  for (const { name, handOffs, otherwise, won, lost, rejected, open, winRate, rejectRate, reason } of rows)
    table.push([
      name,
      handOffs,
      otherwise,
      won,
      lost,
      rejected,
      open,
      percent(winRate),
      percent(rejectRate),
      reason ?? '',
    ]);
  return table.toString();
}

function percent(share: number | null): string {
  return share === null ? '' : `${share}%`;
}

interface Told {
  goal: Goal;
  write: boolean;
  written: string | null;
}

export function learningInWords(learning: Learning, { goal, write, written }: Told): string {
  if (!learning.enough) return `${tooFewInWords(learning, goal)} Nothing was written.`;
  const { model, quality, better } = learning;
  const calibration = new Table({ head: ['Outcomes', 'Predicted', 'Came true'], style: { head: [], border: [] } });
  for (const { outcomes, predicted, observed } of quality.calibration)
    calibration.push([outcomes, `${predicted}%`, `${observed}%`]);
  return [
    `Learned from ${model.outcomes} hand-offs until ${model.until}, of which ${model.successes} were ${SUCCESS_WORDS[goal]}:`,
    ...model.weights.map((one) => `  ${weightInWords(one)}`),
    '',
    `Tested on the newest ${quality.unseen} outcomes, which the tested model had not seen:`,
    ...comparedInWords(quality, better).map((sentence) => `  ${sentence}`),
    '',
    'Calibration, the least likely fifth first:',
    calibration.toString(),
    curveInWords(quality.calibration),
    '',
    nextInWords(better, write, written),
  ].join('\n');
}

function nextInWords(better: boolean, write: boolean, written: string | null): string {
  if (written !== null)
    return `Written to ${written}. It advises once it is published: npx nurture plan, then npx nurture publish. Where the folder is watched (nurture demo, nurture watch), it is published by itself within seconds.`;
  if (write) return 'Not written, as it is no better than the rules; with --anyway it is.';
  return better ? 'To use it: npx nurture scoring learn --write' : 'Nothing was written.';
}

function curveInWords(bins: readonly CalibrationBin[]): string {
  return pairedBars(
    bins.map(({ predicted, observed }, n) => ({
      name: FIFTHS[n] ?? '',
      bars: [
        { title: 'Predicted', share: predicted / 100, words: `${predicted}%` },
        { title: 'Came true', share: observed / 100, words: `${observed}%` },
      ],
    })),
  );
}

/** playbook/learned.yaml. Numbers and names only, so that nothing needs quoting but the names. */
export function learnedFile({ goal, until, outcomes, successes, intercept, weights }: LearnedModel): string {
  return [
    '# Written by `nurture scoring learn --write` from the outcomes of this installation. Published like every other file.',
    '# It advises: `readiness.learned` in conditions. It decides where scoring.yaml says `learnedReady`, see docs/scoring.md.',
    `goal: ${goal}`,
    `until: "${until}"`,
    `outcomes: ${outcomes}`,
    `successes: ${successes}`,
    `intercept: ${intercept}`,
    'weights:',
    ...weights.map(({ feature, weight }) => `  - { feature: ${JSON.stringify(feature)}, weight: ${weight} }`),
    '',
  ].join('\n');
}
