import { opening } from '../domain/timetable.ts';
import { kindOf } from '../steps/kinds.ts';
import { reach, stepById } from '../steps/next-step.ts';
import type { StepPlace } from '../steps/performer.ts';
import { performerOf } from '../steps/performers.ts';
import { awaitedOf, awaitingWith } from '../store/events/awaited.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { updateRow } from '../store/rows.ts';
import { timetable } from './timing.ts';
import type { Turn } from './turn.ts';

/**
 * Moves the lead to a step (null: to the end), with its due time in the lead's zone, window and calendar. Going back in the file
 * begins another pass, so that the same step may send again.
 */
export async function goTo(turn: Turn, enrollment: ActiveEnrollment, stepId: string | null): Promise<void> {
  const place = positionAt(turn, enrollment, stepId);
  turn.send(updateRow(turn.tx, 'enrollments', enrollment.id, place));
  Object.assign(enrollment, place);
  await arrive(turn, enrollment);
}

/** The columns of an enrollment's position. */
export type EnrollmentPosition = Pick<
  ActiveEnrollment,
  | 'stepId'
  | 'dueAt'
  | 'dueBecause'
  | 'reachedAt'
  | 'waitsOn'
  | 'pass'
  | 'waitingFrom'
  | 'waitingSince'
  | 'steppedAt'
  | 'attempts'
>;

/** The position of a lead that goes to a step now. Writes nothing. */
export function positionAt(turn: Turn, enrollment: ActiveEnrollment, stepId: string | null): EnrollmentPosition {
  const cadence = enrollment.cadenceAsPinned;
  const next = reach(cadence, stepId, turn.atMs, timetable(turn, enrollment));
  const order = (id: string | null): number => cadence.steps.findIndex((step) => step.id === id);
  const goesBack = next !== null && enrollment.stepId !== null && order(next.stepId) <= order(enrollment.stepId);
  return {
    stepId: next?.stepId ?? null,
    dueAt: next === null ? null : new Date(next.dueAtMs),
    dueBecause: null,
    reachedAt: null,
    waitsOn: null,
    pass: enrollment.pass + (goesBack ? 1 : 0),
    steppedAt: listensSince(turn, enrollment),
    waitingFrom: stepId,
    waitingSince: turn.at,
    attempts: 0,
  };
}

/**
 * Events from this instant on end a listening step that comes after this one. A branch takes no time, so events since the email
 * before it still count. An event that ended one wait does not end the next, even if its time is ahead of the process's clock.
 */
function listensSince(turn: Turn, enrollment: ActiveEnrollment): Date {
  const { steppedAt } = enrollment;
  const from = placeOf(turn, enrollment);
  if (from === null || !kindOf(from.step).position.startsListening) return steppedAt;
  const metAtMs = performerOf(from.step).met?.(from)?.atMs ?? null;
  const afterItMs = metAtMs === null ? 0 : metAtMs + 1;
  return new Date(Math.max(turn.atMs, steppedAt.getTime(), afterItMs));
}

/** Records what the lead listens for at its new step, if anything. */
export async function arrive(turn: Turn, enrollment: ActiveEnrollment): Promise<void> {
  const place = placeOf(turn, enrollment);
  const performer = place === null ? null : performerOf(place.step);
  if (place !== null && performer?.arrive) await performer.arrive(place);
  else forgetWaits(turn, enrollment);
}

/** An enrollment that has gone on waits for nothing any more. */
export function forgetWaits(turn: Turn, { id }: ActiveEnrollment): void {
  if (awaitedOf(turn.lead).some(({ enrollmentId }) => enrollmentId === id))
    turn.changeLead({ awaiting: awaitingWith(turn.lead, id, []) });
}

/** The next step of an enrollment; null at the end of the cadence. */
export function placeOf(turn: Turn, enrollment: ActiveEnrollment): StepPlace | null {
  const { stepId, cadenceAsPinned } = enrollment;
  return stepId === null ? null : { turn, enrollment, step: stepById(cadenceAsPinned, stepId) };
}

/**
 * Moves the lead back to a step that it has left in the same pass, due at once: the step's effect certainly did not happen.
 */
export async function comeBack(turn: Turn, enrollment: ActiveEnrollment, stepId: string): Promise<void> {
  if (enrollment.stepId === stepId) return;
  const place = { stepId, dueAt: turn.at, dueBecause: null, reachedAt: null, waitsOn: null, attempts: 0 };
  turn.send(updateRow(turn.tx, 'enrollments', enrollment.id, place));
  Object.assign(enrollment, place);
  await arrive(turn, enrollment);
}

/** Puts off the current step: an attempt failed in a way that may pass, the window is closed, or a cap holds it back. */
export function putOff(
  turn: Turn,
  enrollment: ActiveEnrollment,
  { dueAtMs, attempts, because = null }: { dueAtMs: number; attempts: number; because?: string | null },
): void {
  const reachedAt = enrollment.reachedAt ?? turn.at;
  const place = { dueAt: new Date(dueAtMs), dueBecause: because, reachedAt, attempts };
  turn.send(updateRow(turn.tx, 'enrollments', enrollment.id, place));
  Object.assign(enrollment, place);
}

/** The first instant from now on (epoch milliseconds) that lies in the window of the cadence. */
export function inWindow(turn: Turn, enrollment: ActiveEnrollment): number {
  return opening(timetable(turn, enrollment), turn.atMs, enrollment.stepId ?? '');
}

/** Writes the result of the enrollment's current step to the timeline. */
export function performed(turn: Turn, enrollment: ActiveEnrollment, kind: string, result: string): void {
  const { id: enrollmentId, cadence, stepId } = enrollment;
  turn.note({ action: 'step.performed', data: { enrollmentId, cadence, stepId: stepId ?? '', kind, result } });
}
