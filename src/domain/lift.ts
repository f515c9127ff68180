import { normal, type Share, Z95 } from './compare-shares.ts';

/**
 * How much larger the first share is than the second, as a share of the second (0.2: a fifth more), and between what it lies in 95 of 100
 * cases: the interval of the ratio of two shares by its logarithm (Katz 1978). Null when nothing happened in one of them.
 */
export function liftOf(of: Share, beside: Share): { lift: number; low: number; high: number } | null {
  if (of.cases === 0 || beside.cases === 0) return null;
  const ratio = of.cases / of.of / (beside.cases / beside.of);
  const spread = Math.sqrt(1 / of.cases - 1 / of.of + 1 / beside.cases - 1 / beside.of);
  return { lift: ratio - 1, low: ratio * Math.exp(-Z95 * spread) - 1, high: ratio * Math.exp(Z95 * spread) - 1 };
}

/** How sure it is that the two shares differ, 0 to 1, two-sided: from 0.95 on the interval of `liftOf` is on one side of zero. Null where that is null. */
export function sureOfLift(of: Share, beside: Share): number | null {
  const found = liftOf(of, beside);
  if (found === null) return null;
  const [middle, high] = [Math.log1p(found.lift), Math.log1p(found.high)];
  return high === middle ? null : 2 * normal((Math.abs(middle) * Z95) / (high - middle)) - 1;
}
