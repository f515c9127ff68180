import { describe, expect, it } from 'vitest';
import { shownPoints, shownScore } from '../../src/domain/score-words.ts';
import { titleOf } from '../../src/domain/timeline.ts';

describe('a score as it is shown', () => {
  it.each([
    [0, 0],
    [44.9, 44],
    [44.99, 44],
    [44.999_999, 44],
    [14.3 + 30.7 - 1e-13, 45],
    [45, 45],
  ])('%d reads as %d', (score, shown) => {
    expect(shownScore(score)).toBe(shown);
  });

  it('points have one decimal at most', () => {
    expect([2, 4.66, -30.04].map(shownPoints)).toEqual([2, 4.7, -30]);
  });

  it('is the same in the timeline', () => {
    const names = { person: (id: string) => id, reason: (key: string) => key };
    const data = { rule: 'clicked', points: 10, before: 34.94, after: 44.94 };
    expect(titleOf({ kind: 'score', data }, 'system', names)).toBe('Score +10 by ‘clicked’, now 44');
  });
});
