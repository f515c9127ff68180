import { afterAll, expect, test } from 'vitest';
import { fuzzParser, parserTargets } from '../../fuzz/parsers.ts';

const { targets, close } = parserTargets();
afterAll(close);

/** One cadence stands for all here; `npm run fuzz` takes each. */
const some = targets.filter(({ name }) => !name.includes('/cadences/') || name.endsWith('/ebook-resources.yaml'));

test.each(some)('$name: a value or a refusal, whatever comes', async (target) => {
  const { failures, requests } = await fuzzParser(target, 4, 6);
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(5);
});
