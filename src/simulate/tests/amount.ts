import type { Expectation } from './test-schema.ts';

/** A number, or bounds. */
type Amount = NonNullable<Expectation['emails']>;

export function fits(found: number, amount: Amount): boolean {
  if (typeof amount === 'number') return found === amount;
  return found >= (amount.gte ?? -Infinity) && found <= (amount.lte ?? Infinity);
}

/** "3", "at least 2", "2 to 4" */
export function inWords(amount: Amount): string {
  if (typeof amount === 'number') return String(amount);
  const { gte, lte } = amount;
  if (gte !== undefined && lte !== undefined) return `${gte} to ${lte}`;
  return gte === undefined ? `at most ${lte ?? 0}` : `at least ${gte}`;
}
