/** Chance of one life: the same for the same seed and index, in the order in which it is asked. */
import { chance } from '../../../simulate/chance.ts';

export function chancesOf(seed: number, index: number) {
  let asked = 0;
  /** At least 0 and below 1. */
  const next = (): number => chance(seed, `${index}:${(asked += 1)}`);
  return {
    next,
    of<T>(values: readonly T[]): T {
      return values[Math.floor(next() * values.length)] as T;
    },
    weighted<T extends { weight: number }>(values: readonly T[]): T {
      let left = next() * values.reduce((sum, { weight }) => sum + weight, 0);
      for (const value of values) if ((left -= value.weight) < 0) return value;
      return values.at(-1) as T;
    },
  };
}

export type Chance = ReturnType<typeof chancesOf>;
