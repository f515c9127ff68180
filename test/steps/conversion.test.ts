import { expect, test } from 'vitest';
import { conversionOf } from '../../src/steps/conversion.ts';

const email = (id: string) => ({ id, kind: 'email', template: id });
const wait = (id: string) => ({ id, kind: 'wait', for: { value: 2, unit: 'd' } });
const STEPS = [email('welcome'), wait('two-days'), email('guide'), email('offer')];

test('a way over a step that leaves no trace counts for each arrow on it, and who ended counts for what was left', () => {
  const { taken, left } = conversionOf({ steps: STEPS as never }, [
    { from: 'welcome', to: 'guide', times: 6 },
    { from: 'welcome', to: null, times: 4 },
    { from: 'guide', to: 'offer', times: 3 },
    // Of an earlier revision, in which the guide came last.
    { from: 'offer', to: 'guide', times: 1 },
    { from: 'gone', to: 'guide', times: 2 },
  ]);
  expect(Object.fromEntries(taken)).toEqual({ 'welcome>two-days': 6, 'two-days>guide': 6, 'guide>offer': 3 });
  expect(Object.fromEntries(left)).toEqual({ welcome: 10, 'two-days': 6, guide: 3, offer: 1, gone: 2 });
});
