import { expect, test } from 'vitest';
import { progressInWords } from '../../src/cli/run-words.ts';

test.each([
  [{ status: 'running', done: 0, total: 0 }, '░░░░░░░░░░░░░░░░░░░░░░░░   0%  0 of 0 leads'],
  [{ status: 'running', done: 500, total: 1_000 }, '████████████░░░░░░░░░░░░  50%  500 of 1000 leads'],
  [{ status: 'running', done: 0, total: 1 }, '░░░░░░░░░░░░░░░░░░░░░░░░   0%  0 of 1 lead'],
  // More leads came after it was begun.
  [{ status: 'running', done: 1_200, total: 1_000 }, '████████████████████████  99%  1200 of 1000 leads'],
  // Some left meanwhile.
  [{ status: 'done', done: 990, total: 1_000 }, '████████████████████████ 100%  990 of 1000 leads'],
] as const)('the progress of %o', (run, words) => {
  expect(progressInWords(run)).toBe(words);
});
