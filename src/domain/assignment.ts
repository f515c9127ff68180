/** The status of a hand-off. `offered` and `accepted` are live; the others are over. */
export type AssignmentStatus = 'offered' | 'accepted' | 'rejected' | 'rerouted' | 'expired' | 'withdrawn';

export function isLive(status: AssignmentStatus): boolean {
  return status === 'offered' || status === 'accepted';
}

/**
 * Whether the rep has got the brief. The SLA of a rep who could not be told does not run. A further request that waits to be mailed
 * does not count as a brief.
 */
export function isTold({ toldAt, briefDueAt }: { toldAt: Date | null; briefDueAt: Date | null }): boolean {
  return toldAt !== null || briefDueAt === null;
}
