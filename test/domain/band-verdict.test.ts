import { expect, test } from 'vitest';
import { verdictOfBands } from '../../src/domain/band-verdict.ts';
import type { BacktestRow } from '../../src/domain/backtest.ts';

const row = (name: string, won: number, lost: number): BacktestRow => ({
  name,
  handOffs: won + lost,
  won,
  lost,
  rejected: 0,
  open: 0,
  otherwise: 0,
  winRate: null,
  rejectRate: null,
  reason: null,
});

test('higher scores that win more are said to do so, with the shares at both ends', () => {
  const words = verdictOfBands([row('hot', 30, 20), row('warm', 20, 30), row('cold', 5, 45)], 'score');
  expect(words).toMatch(/^Higher scores win more often \(30 of 50 won at hot, 5 of 50 won at cold\)/);
});

test('higher scores that win less are a fault of the rules, and it is said where to look', () => {
  const words = verdictOfBands([row('hot', 5, 45), row('warm', 20, 30), row('cold', 30, 20)], 'score');
  expect(words).toMatch(/^Higher scores win less often .*The rules that sales most often sends back/);
});

test('a difference that may be chance is not called one; a band without outcomes is no end of the comparison', () => {
  const rows = [row('hot', 0, 0), row('warm', 11, 39), row('cold', 10, 40)];
  expect(verdictOfBands(rows, 'grade')).toMatch(
    /^Whether better grades win more often is not known from 100 outcomes \(11 of 50 won at warm, 10 of 50 won at cold\)/,
  );
  expect(verdictOfBands([row('hot', 0, 50), row('cold', 0, 50)], 'score')).toMatch(/not known/);
});

test('few outcomes, or one band alone, say nothing', () => {
  expect(verdictOfBands([row('hot', 9, 0), row('cold', 0, 9)], 'score')).toMatch(
    /^Higher scores: 18 outcomes are too few/,
  );
  expect(verdictOfBands([row('hot', 50, 0), row('cold', 0, 0)], 'score')).toBeNull();
  expect(verdictOfBands([], 'score')).toBeNull();
});

test('where the line is drawn: a trend of z = 2.52 is told, one of z = 0.64 is not', () => {
  // Computed apart from the code, by the formula of Armitage (1955).
  const sure = verdictOfBands([row('a', 19, 27), row('b', 3, 14), row('c', 1, 11)], 'score');
  expect(sure).toMatch(/^Higher scores win more often \(19 of 46/);
  expect(verdictOfBands([row('a', 19, 27), row('b', 3, 7), row('c', 4, 8)], 'score')).toMatch(/is not known from 68/);
});
