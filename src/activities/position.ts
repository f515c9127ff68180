import type { Step } from '../domain/cadence.ts';
import { type Condition, holds } from '../domain/condition.ts';
import { reach, stepById } from '../domain/next-step.ts';
import { holidaysOf } from '../domain/schedule.ts';
import type { Prisma } from '../store/generated/client.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { updateRow } from '../store/rows.ts';
import { type Awaited, awaitedOf } from '../store/awaited.ts';
import type { Turn } from './turn.ts';

/**
 * Puts the lead before a step (null: at the end), with its due time in the lead's zone, window and calendar. Going back in
 * the file begins another pass, so that the same step may send again.
 */
export async function goTo(turn: Turn, enrollment: ActiveEnrollment, stepId: string | null): Promise<void> {
  const place = placeAt(turn, enrollment, stepId);
  turn.send(updateRow(turn.tx, 'enrollments', enrollment.id, place));
  Object.assign(enrollment, place);
  await arrive(turn, enrollment);
}

/** The columns that say where an enrollment stands. */
export type Place = Pick<ActiveEnrollment, 'stepId' | 'dueAt' | 'pass' | 'steppedAt' | 'attempts'>;

/** Where a lead stands that goes to a step now; nothing is written. */
export function placeAt(turn: Turn, enrollment: ActiveEnrollment, stepId: string | null): Place {
  const cadence = enrollment.cadenceAsPinned;
  const isHoliday = holidaysOf(turn.deps.playbook.calendars, cadence.calendar);
  const stand = reach(cadence, stepId, turn.atMs, turn.zone, isHoliday);
  const order = (id: string | null): number => cadence.steps.findIndex((step) => step.id === id);
  const goesBack = stand !== null && enrollment.stepId !== null && order(stand.stepId) <= order(enrollment.stepId);
  const from = enrollment.stepId === null ? null : stepById(cadence, enrollment.stepId);
  // A branch takes no time: an event since the email before it still ends a waitFor after it.
  const since = from?.kind === 'email' || from?.kind === 'waitFor' ? turn.at : enrollment.steppedAt;
  return {
    stepId: stand?.stepId ?? null,
    dueAt: stand === null ? null : new Date(stand.dueAtMs),
    pass: enrollment.pass + (goesBack ? 1 : 0),
    steppedAt: since,
    attempts: 0,
  };
}

/** What standing before a step asks for beside its row: a waitFor listens. */
export async function arrive(turn: Turn, enrollment: ActiveEnrollment): Promise<void> {
  const { stepId, cadenceAsPinned } = enrollment;
  const step = stepId === null ? null : stepById(cadenceAsPinned, stepId);
  if (step?.kind === 'waitFor') await listenFor(turn, enrollment, step, enrollment.steppedAt);
  else if (turn.lead.awaiting !== null) turn.changeLead({ awaiting: [] });
}

/** Puts the current step off: an attempt failed in a way that may pass, or the window is not open. */
export function putOff(turn: Turn, enrollment: ActiveEnrollment, dueAtMs: number, attempts: number): void {
  const place = { dueAt: new Date(dueAtMs), attempts };
  turn.send(updateRow(turn.tx, 'enrollments', enrollment.id, place));
  Object.assign(enrollment, place);
}

/**
 * Entering a waitFor. The lead's lock is held, and whoever records an event takes it: an event is either among those found
 * here, or finds what is awaited. `since`: when the last email or waitFor before it was performed.
 */
async function listenFor(
  turn: Turn,
  enrollment: ActiveEnrollment,
  step: Extract<Step, { kind: 'waitFor' }>,
  since: Date,
): Promise<void> {
  const awaited: Awaited = {
    enrollmentId: enrollment.id,
    stepId: step.id,
    event: step.event,
    ...(step.when === undefined ? {} : { when: step.when }),
    since: since.toISOString(),
  };
  const metBy = await alreadyMetBy(turn, step.event, step.when, since);
  turn.changeLead({ awaiting: [metBy === null ? awaited : { ...awaited, metBy }] as unknown as Prisma.JsonValue });
}

async function alreadyMetBy(
  turn: Turn,
  event: string,
  when: Condition | undefined,
  since: Date,
): Promise<string | null> {
  const events = await turn.tx.event.findMany({
    where: { leadId: turn.lead.id, type: event, machine: false, occurredAt: { gte: since } },
    orderBy: { occurredAt: 'asc' },
  });
  if (events.length === 0) return null;
  const facts = await turn.facts();
  const match = events.find(({ type, properties }) => {
    const more = typeof properties === 'object' && !Array.isArray(properties) ? properties : {};
    return when === undefined || holds(when, { ...facts, event: { ...more, type } });
  });
  return match?.id ?? null;
}

/** Id of the event that ended the wait the enrollment stands in, if it came. */
export function metBy(turn: Turn, enrollment: ActiveEnrollment): string | null {
  const entry = awaitedOf(turn.lead).find(
    (one) => one.enrollmentId === enrollment.id && one.stepId === enrollment.stepId,
  );
  return entry?.metBy ?? null;
}

/** Notes on the timeline what became of the step the enrollment stands before. */
export function performed(turn: Turn, enrollment: ActiveEnrollment, kind: string, result: string): void {
  const { id: enrollmentId, cadence, stepId } = enrollment;
  turn.note({ action: 'step.performed', data: { enrollmentId, cadence, stepId: stepId ?? '', kind, result } });
}
