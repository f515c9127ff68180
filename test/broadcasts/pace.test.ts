import { expect, test } from 'vitest';
import { pace } from '../../src/activities/broadcast/pace.ts';

const NOW = 1_800_000_000_000;

test('a rate is used evenly: what may leave now, and when the next may', () => {
  const fresh = pace({ rate: 60, pacedUntil: null }, NOW);
  expect(fresh).toMatchObject({ most: 1, untilMs: null });
  const used = pace({ rate: 60, pacedUntil: new Date(fresh.after(1)) }, NOW);
  expect(used).toMatchObject({ most: 0, untilMs: NOW + 1_000 });
});

test('a rate that another worker used further ahead lets nothing leave now', () => {
  for (const aheadMs of [1_001, 5_000, 3_600_000]) {
    const { most, untilMs } = pace({ rate: 600, pacedUntil: new Date(NOW + aheadMs) }, NOW);
    expect(most).toBe(0);
    expect(untilMs).toBeGreaterThan(NOW);
  }
});
