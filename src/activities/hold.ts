import type { Turn } from './turn.ts';

/** Holds a lead that cannot go on. The operator sees the reason until somebody resumes the lead. */
export function holdFor(turn: Turn, reason: string): void {
  turn.changeLead({ heldAt: turn.at, heldReason: reason });
  turn.note({ action: 'lead.held', data: { reason } });
}
