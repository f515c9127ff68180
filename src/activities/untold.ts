import { isWithSales } from '../domain/stage.ts';
import type { Turn } from './turn.ts';

/** SMTP put off what the owner of a lead was to be told: requests that came in wait with it. */
export function waitsToTell(turn: Turn): boolean {
  const { assignment } = turn.picture;
  if (assignment === null || assignment.briefAttempts === 0 || !isWithSales(turn.stage)) return false;
  return assignment.briefDueAt !== null && assignment.briefDueAt.getTime() > turn.atMs;
}

/** When requests that this turn could not take in (one mail a turn) are to be: at once, or when SMTP is tried again. */
export function untoldDueAt(turn: Turn): Date | null {
  const { unhandled, hasMoreUnhandled } = turn.picture;
  if (!hasMoreUnhandled && unhandled.every((touch) => touch.handledAt !== null)) return null;
  return waitsToTell(turn) ? (turn.picture.assignment?.briefDueAt ?? turn.at) : turn.at;
}
