import { type Awaited, awaitedOf, awaitingAfterChange, awaitingWith } from '../store/events/awaited.ts';
import type { Met, StepPlace, StepTurn } from './performer.ts';

/** What ended the lead's current wait at this step; null: nothing has. */
export function metOf({ turn, enrollment, step }: StepPlace): Met | null {
  const wait = awaitedOf(turn.lead).find((one) => one.enrollmentId === enrollment.id && one.stepId === step.id);
  if (wait?.metBy === undefined) return null;
  return { by: wait.metBy, atMs: wait.metAt === undefined ? null : Date.parse(wait.metAt) };
}

/** Records what the lead waits for at this step. Under the lead's lock: whatever may end the wait takes it too. */
export function listen({ turn, enrollment, step }: StepPlace, what: Omit<Awaited, 'enrollmentId' | 'stepId'>): void {
  const awaited: Awaited = { enrollmentId: enrollment.id, stepId: step.id, ...what };
  turn.changeLead({ awaiting: awaitingWith(turn.lead, enrollment.id, [awaited]) });
}

/** Ends the waits of the lead's other enrollments that a change of its profile by a step ends. */
export function endWaits(turn: StepTurn, fields: readonly string[]): void {
  const awaiting = awaitingAfterChange(turn.lead, fields, turn.at);
  if (awaiting !== null) turn.changeLead({ awaiting });
}
