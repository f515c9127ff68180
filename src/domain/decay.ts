/** What a score, or points, of one instant are worth at a later one. At an earlier instant they are worth the same. */
export function decay(score: number, fromMs: number, toMs: number, halfLifeMs: number): number {
  return toMs > fromMs ? score * 2 ** (-(toMs - fromMs) / halfLifeMs) : score;
}
