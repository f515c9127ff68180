import { expect, test } from 'vitest';
import { clearOfDue } from '../../src/temporal/fast-forward.ts';

const DAY_MS = 86_400_000;
const due = new Date(DAY_MS);

test.each([
  ['nothing is due', null, 2 * DAY_MS, 2 * DAY_MS],
  ['it ends before what is due', due, DAY_MS - 1, DAY_MS - 1],
  ['it ends as something falls due', due, DAY_MS, DAY_MS + 3_000],
  ['it ends while that may be being done', due, DAY_MS + 2_000, DAY_MS + 3_000],
  ['it ends long after', due, DAY_MS + 3_000, DAY_MS + 3_000],
])('a fast-forward ends when nothing is being done: %s', (_what, nextDueAt, durationMs, clear) => {
  expect(clearOfDue(nextDueAt, 0, durationMs)).toBe(clear);
});
