import type { Turn } from './turn.ts';

/** The lead cannot go on: shown to the operator with the reason until somebody resumes it. */
export function holdFor(turn: Turn, reason: string): void {
  turn.changeLead({ heldAt: turn.at, heldReason: reason });
  turn.note({ action: 'lead.held', data: { reason } });
}
