import { afterAll, expect, test } from 'vitest';
import { openTrials } from '../../fuzz/parser-trials.ts';

const trials = await openTrials();
afterAll(() => trials.close());

/** One cadence stands for all here; `npm run fuzz` takes each. */
const some = trials.targets.filter(
  ({ name }) => !name.includes('/cadences/') || name.endsWith('/ebook-resources.yaml'),
);

test.each(some)('$name: a value or a refusal, whatever comes', async (target) => {
  const { failures, requests } = await trials.fuzz(target, 4, 6);
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(5);
});
