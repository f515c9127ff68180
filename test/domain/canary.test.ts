import { describe, expect, it } from 'vitest';
import { chanceOf, clearlyWorse, DEFAULT_HALT, type Outcomes } from '../../src/domain/canary.ts';

const NONE: Outcomes = { entered: 0, mailed: 0, unsubscribed: 0, complained: 0, undelivered: 0, held: 0 };
const group = (leads: number, bad: Partial<Outcomes> = {}): Outcomes => ({
  ...NONE,
  entered: leads,
  mailed: leads,
  ...bad,
});

describe('a canary', () => {
  it.each([
    ['many more unsubscribe', group(80, { unsubscribed: 12 }), group(1_520, { unsubscribed: 9 }), true],
    ['as many do', group(80, { unsubscribed: 12 }), group(1_520, { unsubscribed: 228 }), false],
    ['more, but not twice as many', group(9_000, { unsubscribed: 900 }), group(9_000, { unsubscribed: 600 }), false],
    ['more, which may be chance', group(60, { unsubscribed: 5 }), group(60, { unsubscribed: 2 }), false],
    ['too few leads', group(49, { unsubscribed: 49 }), group(500), false],
    ['too few cases', group(500, { complained: 4 }), group(500), false],
    ['nobody to compare with', group(500, { complained: 100 }), NONE, false],
    ['all are held, so that none was mailed', { ...group(50, { held: 50 }), mailed: 0 }, group(900), true],
    ['complaints', group(100, { complained: 6 }), group(1_900, { complained: 2 }), true],
    ['bounces', group(100, { undelivered: 20 }), group(1_900, { undelivered: 60 }), true],
  ])('%s', (_, canary, inForce, isWorse) => {
    expect(clearlyWorse(DEFAULT_HALT, canary, inForce) !== null).toBe(isWorse);
  });

  it('is halted with the figures of both', () => {
    expect(clearlyWorse(DEFAULT_HALT, group(80, { unsubscribed: 12 }), group(1_500, { unsubscribed: 9 }))).toBe(
      '12 of 80 leads (15%) unsubscribed, with the revision in force 9 of 1500 leads (0.6%)',
    );
  });

  it('is judged by an exact test', () => {
    // R: fisher.test(matrix(c(3, 1, 1, 3), 2), alternative = 'greater')
    expect(chanceOf(3, 4, 1, 4)).toBeCloseTo(0.242857, 5);
    // R: fisher.test(matrix(c(12, 68, 9, 1491), 2), alternative = 'greater')
    expect(chanceOf(12, 80, 9, 1_500)).toBeLessThan(1e-9);
    expect(chanceOf(0, 50, 0, 50)).toBe(1);
  });
});
