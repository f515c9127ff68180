/** Where a hand-off to a rep stands. `offered` and `accepted` are live; the others are over. */
export type AssignmentStatus = 'offered' | 'accepted' | 'rejected' | 'rerouted' | 'expired' | 'withdrawn';

export function isLive(status: AssignmentStatus): boolean {
  return status === 'offered' || status === 'accepted';
}

/** Whether the rep has had the brief: no time runs against who could not be told. A request that waits to be mailed is no brief. */
export function isTold({ toldAt, briefDueAt }: { toldAt: Date | null; briefDueAt: Date | null }): boolean {
  return toldAt !== null || briefDueAt === null;
}
