/**
 * A number from 0 up to 1 that depends on the seed and on what it is asked about, and on nothing else. So one more mail in a cadence
 * changes nothing about what becomes of the others, and a simulation runs the same each time.
 */
export function chance(seed: number, about: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of about) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  // Similar texts have similar hashes so far: the bits are mixed.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
