/**
 * A number from 0 up to, and not including, 1 that is always the same for the same names, and spread evenly over many names. Names that
 * differ in any part give numbers that have nothing to do with each other: the arms of two splits of one cadence are independent.
 */
export function stableShare(...names: readonly string[]): number {
  let hash = 0x811c9dc5;
  // FNV-1a over the characters. The separator keeps ["ab", "c"] apart from ["a", "bc"].
  for (const letter of names.join('\u0000')) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  // Ids differ in their last characters, which FNV hardly brings to the upper bits: the finalizer of MurmurHash3 does.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
