import { expect, test } from 'vitest';
import { liftOf, sureOfLift } from '../../src/domain/lift.ts';
import { verdictByLift } from '../../src/reports/verdict.ts';

test('a verdict says “better” or “worse” where the interval of the lift has no zero, and nowhere else', () => {
  const control = { cases: 20, of: 100 };
  const words = { arm: 'the control group', of: 'needs' };
  const seen = new Set<string>();
  for (let cases = 1; cases < 100; cases++) {
    const one = { cases, of: 100 };
    const lift = liftOf(one, control);
    const side = lift === null ? '' : lift.low > 0 ? 'better' : lift.high < 0 ? 'worse' : 'not known yet';
    seen.add(side);
    expect([cases, verdictByLift(one, control, words)]).toEqual([cases, expect.stringMatching(new RegExp(`^${side}`))]);
  }
  expect(seen).toEqual(new Set(['better', 'worse', 'not known yet']));
  // z = ln 1.5 / 0.2517 = 1.611, both tails.
  expect(sureOfLift({ cases: 30, of: 100 }, control)).toBeCloseTo(0.892, 2);
  expect(sureOfLift({ cases: 0, of: 100 }, control)).toBeNull();
});
