/** Chance that is the same for the same seed and index, in the order in which it is asked. */
import { createHash } from 'node:crypto';

export function chanceOf(seed: number, index: number) {
  let state = createHash('sha256').update(`${seed}:${index}`).digest().readUInt32LE(0);
  /** At least 0 and below 1 (mulberry32). */
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
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
