import { afterAll, expect, test } from 'vitest';
import { openTrials } from '../../fuzz/parser-trials.ts';

// Who ends has time, on a busy machine too; who never ends is not waited for.
const givenUpMs = (name: string): number => (name === 'loops' ? 500 : 30_000);
const trials = await openTrials(new URL('bad-parsers-entry.ts', import.meta.url).href, givenUpMs);
afterAll(() => trials.close());

async function fuzz(name: string) {
  const target = trials.targets.find((one) => one.name === name);
  if (target === undefined) throw new Error(name);
  return trials.fuzz(target, 1, 2);
}

test.each([
  ['loops', 'not done after 500 ms for "evil"'],
  ['ends', 'ended the thread for "evil"'],
])('a parser that %s is told of with its input, and the next one is tried all the same', async (name, told) => {
  expect(await fuzz(name)).toMatchObject({ requests: 2, failures: [told, 'the inputs after it were left out'] });
  expect(await fuzz('reads')).toMatchObject({ requests: 5, failures: [] });
});
