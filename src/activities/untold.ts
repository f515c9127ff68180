import { isWithSales } from '../domain/stage.ts';
import type { Turn } from './turn.ts';

/** SMTP refused the mail to the lead's owner for now. New requests wait together with that mail. */
export function waitsToTell(turn: Turn): boolean {
  const { assignment } = turn.picture;
  if (assignment === null || assignment.briefAttempts === 0 || !isWithSales(turn.stage)) return false;
  return assignment.briefDueAt !== null && assignment.briefDueAt.getTime() > turn.atMs;
}

/** When the requests that this turn could not take in (one mail in a turn) are due: at once, or when SMTP is tried again. */
export function untoldDueAt(turn: Turn): Date | null {
  const { unhandled, hasMoreUnhandled } = turn.picture;
  if (!hasMoreUnhandled && unhandled.every((touch) => touch.handledAt !== null)) return null;
  return waitsToTell(turn) ? (turn.picture.assignment?.briefDueAt ?? turn.at) : turn.at;
}
