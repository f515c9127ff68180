/** What a contact with a planned next one asks for: its own text says what came of it. */
export const NEXT_CONTACT = 'Contact again';

/** A rep is reminded so long before a next step. */
const REMIND_BEFORE_MS = 3_600_000;

/** When the rep is reminded of a next step: an hour before it, and not before now. */
export function reminderOf(step: Date, nowMs: number): Date {
  return new Date(Math.max(step.getTime() - REMIND_BEFORE_MS, nowMs));
}
