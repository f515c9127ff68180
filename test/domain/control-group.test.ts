import { expect, test } from 'vitest';
import { isOfControlGroup } from '../../src/domain/control-group.ts';
import { newId } from '../../src/domain/ids.ts';
import { liftOf } from '../../src/domain/lift.ts';

test('a lead stays of the control group when its share grows, and without one nobody is', () => {
  const ids = Array.from({ length: 20_000 }, () => newId('lead'));
  const small = ids.filter((id) => isOfControlGroup(id, 0.02));
  const large = new Set(ids.filter((id) => isOfControlGroup(id, 0.05)));
  expect(small.length / ids.length).toBeGreaterThan(0.014);
  expect(small.length / ids.length).toBeLessThan(0.026);
  expect(small.filter((id) => !large.has(id))).toEqual([]);
  expect(ids.some((id) => isOfControlGroup(id, undefined))).toBe(false);
});

test('lift is told with what it lies between', () => {
  const { lift, low, high } = liftOf({ cases: 120, of: 1_000 }, { cases: 100, of: 1_000 }) ?? {};
  expect(lift).toBeCloseTo(0.2, 10);
  // Recounted by the formula of Katz: 1.2 times or divided by e^(1.96 × 0.1264).
  expect(low).toBeCloseTo(-0.063, 2);
  expect(high).toBeCloseTo(0.537, 2);
  expect(liftOf({ cases: 1, of: 10 }, { cases: 0, of: 10 })).toBeNull();
});
