/** Shares of two groups, and how sure it is that one is larger. For the arms of a split. */

/** What happened to so many out of so many. */
export interface Share {
  cases: number;
  of: number;
}

/** The two-sided 95% point of the normal distribution. */
export const Z95 = 1.959964;
/** Its one-sided 80% point: a difference that is there is found four times out of five. */
const Z_POWER = 0.841621;

/** Wilson's interval for a share (Wilson 1927), 95%; null when it is of nobody. */
export function intervalOf({ cases, of }: Share): { low: number; high: number } | null {
  if (of === 0) return null;
  const share = cases / of;
  const z2 = Z95 ** 2 / of;
  const middle = (share + z2 / 2) / (1 + z2);
  const half = (Z95 / (1 + z2)) * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * How likely the share of `b` is the larger one, 0 to 1: by the normal approximation of the two Beta distributions that follow from a
 * uniform one and the cases.
 */
export function chanceThatLarger(b: Share, a: Share): number {
  const [one, other] = [beta(b), beta(a)];
  return normal((one.mean - other.mean) / Math.sqrt(one.variance + other.variance));
}

/**
 * How many more in each group tell a difference as large as the one seen, at 95% and found four times out of five (the formula for two
 * proportions, Fleiss 1981); null when there is no difference to tell. 0: there are enough.
 */
export function moreNeeded(b: Share, a: Share): number | null {
  if (a.of === 0 || b.of === 0) return null;
  const [p, q] = [b.cases / b.of, a.cases / a.of];
  if (p === q) return null;
  const mean = (p + q) / 2;
  const root = Z95 * Math.sqrt(2 * mean * (1 - mean)) + Z_POWER * Math.sqrt(p * (1 - p) + q * (1 - q));
  return Math.max(0, Math.ceil((root / (p - q)) ** 2) - Math.min(a.of, b.of));
}

function beta({ cases, of }: Share): { mean: number; variance: number } {
  const [alpha, rest] = [cases + 1, of - cases + 1];
  const all = alpha + rest;
  return { mean: alpha / all, variance: (alpha * rest) / (all ** 2 * (all + 1)) };
}

/** The standard normal distribution (Abramowitz and Stegun 26.2.17; its error is below 1e-7). */
export function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x >= 0 ? 1 - tail : tail;
}
