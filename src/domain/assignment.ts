/** Where a hand-off to a rep stands. `offered` and `accepted` are live; the others are over. */
export type AssignmentStatus = 'offered' | 'accepted' | 'rejected' | 'rerouted' | 'expired' | 'withdrawn';

export function isLive(status: AssignmentStatus): boolean {
  return status === 'offered' || status === 'accepted';
}
