import { describe, expect, test } from 'vitest';
import { chanceThatLarger, intervalOf, moreNeeded } from '../../src/domain/compare-shares.ts';

describe('the interval of a share', () => {
  test.each([
    // Published: Newcombe 1998, table I (Wilson’s score method without a correction).
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (cases, of, low, high) => {
    const interval = intervalOf({ cases, of });
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  test('of nobody is none', () => {
    expect(intervalOf({ cases: 0, of: 0 })).toBeNull();
  });
});

describe('which of two shares is larger', () => {
  test('is even for equal groups, and the one side is the rest of the other', () => {
    const [a, b] = [
      { cases: 10, of: 100 },
      { cases: 14, of: 120 },
    ];
    expect(chanceThatLarger(a, a)).toBeCloseTo(0.5, 6);
    expect(chanceThatLarger(a, b) + chanceThatLarger(b, a)).toBeCloseTo(1, 6);
  });

  test('gets surer with more of the same', () => {
    const sure = (times: number) =>
      chanceThatLarger({ cases: 12 * times, of: 100 * times }, { cases: 10 * times, of: 100 * times });
    expect(sure(1)).toBeLessThan(0.75);
    expect(sure(10)).toBeGreaterThan(0.9);
    expect(sure(40)).toBeGreaterThan(0.99);
  });
});

test('how many more are needed', () => {
  // 10% and 12%: 3,841 in each group (Fleiss’ formula without a correction).
  expect(moreNeeded({ cases: 12, of: 100 }, { cases: 10, of: 100 })).toBe(3_841 - 100);
  expect(moreNeeded({ cases: 480, of: 4_000 }, { cases: 400, of: 4_000 })).toBe(0);
  expect(moreNeeded({ cases: 10, of: 100 }, { cases: 10, of: 100 })).toBeNull();
});
