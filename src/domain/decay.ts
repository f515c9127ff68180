/** What a score, or points, of one instant are worth at a later one. At an earlier instant they are worth the same. */
export function decay(score: number, fromMs: number, toMs: number, halfLifeMs: number): number {
  return toMs > fromMs ? score * 2 ** (-(toMs - fromMs) / halfLifeMs) : score;
}

/**
 * The engagement score at an instant, rounded to 2 decimals. Thresholds are compared with this: three events of 15 points
 * within a minute make 45, not 44.999.
 */
export function scoreAtMs(lead: { score: number; scoreAt: Date }, atMs: number, halfLifeMs: number): number {
  return Math.round(decay(lead.score, lead.scoreAt.getTime(), atMs, halfLifeMs) * 100) / 100;
}
