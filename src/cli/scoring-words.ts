/** Tables of a backtest, and a learned readiness in words. */
import Table from 'cli-table3';
import type { Backtest, BacktestRow } from '../domain/backtest.ts';
import type { Learning } from '../domain/learned/learn.ts';
import { type Goal, type LearnedModel, weightInWords } from '../domain/learned/model.ts';

export function backtestInWords({ all, bands, grades, rules }: Backtest, gradesOf: 'history' | 'now'): string {
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
    '',
    tableOf('Grade', grades),
    '',
    tableOf('Rule', rules),
  ].join('\n');
}

function tableOf(head: string, rows: readonly BacktestRow[]): string {
  const table = new Table({
    head: [head, 'Hand-offs', 'Won', 'Lost', 'Rejected', 'Open', 'Win rate', 'Reject rate', 'Most frequent reason'],
    style: { head: [], border: [] },
  });
  for (const { name, handOffs, won, lost, rejected, open, winRate, rejectRate, reason } of rows)
    table.push([name, handOffs, won, lost, rejected, open, percent(winRate), percent(rejectRate), reason ?? '']);
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
  const success = goal === 'won' ? 'won' : 'an opportunity at least';
  if (!learning.enough) {
    const { successes, failures, needed } = learning;
    return `There are too few outcomes to learn from: ${successes} hand-offs were ${success}, ${failures} were not. At least ${needed} of each are needed, and some of each among the newest. Nothing is guessed, and nothing was written.`;
  }
  const { model, quality, better } = learning;
  const calibration = new Table({ head: ['Outcomes', 'Predicted', 'Came true'], style: { head: [], border: [] } });
  for (const { outcomes, predicted, observed } of quality.calibration)
    calibration.push([outcomes, `${predicted}%`, `${observed}%`]);
  return [
    `Learned from ${model.outcomes} hand-offs until ${model.until}, of which ${model.successes} were ${success}:`,
    ...model.weights.map((one) => `  ${weightInWords(one)}`),
    '',
    `Tested on the newest ${quality.unseen} outcomes, which the tested model had not seen:`,
    `  puts a success before a failure in ${times(quality.learned)} of 100 pairs; the rules do in ${times(quality.rules)}, a coin in 50`,
    `  of the best fifth ${quality.bestFifth.learned}% succeed; of the best fifth by the rules ${quality.bestFifth.rules}%, of all ${quality.bestFifth.all}%`,
    better ? '  It is better than the rules.' : '  It is NOT better than the rules: go on with the rules.',
    '',
    'Calibration, the least likely fifth first:',
    calibration.toString(),
    '',
    nextInWords(better, write, written),
  ].join('\n');
}

function nextInWords(better: boolean, write: boolean, written: string | null): string {
  if (written !== null)
    return `Written to ${written}. It advises once it is published: npx nurture plan, then npx nurture publish.`;
  if (write) return 'Not written, as it is no better than the rules; with --anyway it is.';
  return better ? 'To use it: npx nurture scoring learn --write' : 'Nothing was written.';
}

function times(ranking: number): number {
  return Math.round(ranking * 100);
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
