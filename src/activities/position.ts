import type { Step } from '../domain/cadence.ts';
import { holds } from '../domain/condition.ts';
import { reach, stepById } from '../domain/next-step.ts';
import { holidaysOf } from '../domain/schedule.ts';
import type { Prisma } from '../store/generated/client.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { updateRow } from '../store/rows.ts';
import { type Awaited, awaitedOf } from '../store/events/awaited.ts';
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
  const isHoliday = holidaysOf(turn.playbook.calendars, cadence.calendar);
  const stand = reach(cadence, stepId, turn.atMs, turn.zone, isHoliday);
  const order = (id: string | null): number => cadence.steps.findIndex((step) => step.id === id);
  const goesBack = stand !== null && enrollment.stepId !== null && order(stand.stepId) <= order(enrollment.stepId);
  return {
    stepId: stand?.stepId ?? null,
    dueAt: stand === null ? null : new Date(stand.dueAtMs),
    pass: enrollment.pass + (goesBack ? 1 : 0),
    steppedAt: listensSince(turn, enrollment),
    attempts: 0,
  };
}

/**
 * From when on an event ends a waitFor that comes after this step. A branch takes no time: what came since the email before it
 * still counts. What ended one wait does not end the next, though the clock it was stamped by be ahead of the process's.
 */
function listensSince(turn: Turn, enrollment: ActiveEnrollment): Date {
  const { cadenceAsPinned, stepId, steppedAt } = enrollment;
  const from = stepId === null ? null : stepById(cadenceAsPinned, stepId);
  if (from?.kind !== 'email' && from?.kind !== 'waitFor') return steppedAt;
  const metAt = waitOf(turn, enrollment)?.metAt;
  const afterIt = metAt === undefined ? 0 : Date.parse(metAt) + 1;
  return new Date(Math.max(turn.atMs, steppedAt.getTime(), afterIt));
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
  const met = await alreadyMetBy(turn, awaited);
  turn.changeLead({ awaiting: [{ ...awaited, ...met }] as unknown as Prisma.JsonValue });
}

/** Events that are read together, and how often: a person does nothing so many times between two steps. */
const EVENTS_AT_ONCE = 200;
const MOST_PAGES = 10;

async function alreadyMetBy(
  turn: Turn,
  { event: type, when, since }: Awaited,
): Promise<Pick<Awaited, 'metBy' | 'metAt'>> {
  const facts = when === undefined ? null : await turn.facts();
  let after = {};
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const events = await turn.tx.event.findMany({
      where: { leadId: turn.lead.id, type, machine: false, occurredAt: { gte: new Date(since) }, ...after },
      orderBy: [{ occurredAt: 'asc' }, { id: 'asc' }],
      take: when === undefined ? 1 : EVENTS_AT_ONCE,
    });
    const match = events.find(({ properties }) => {
      if (when === undefined || facts === null) return true;
      const more = typeof properties === 'object' && !Array.isArray(properties) ? properties : {};
      return holds(when, { ...facts, event: { ...more, type } });
    });
    if (match !== undefined) return { metBy: match.id, metAt: match.occurredAt.toISOString() };
    const last = events.at(-1);
    if (last === undefined || events.length < EVENTS_AT_ONCE) return {};
    after = { OR: [{ occurredAt: { gt: last.occurredAt } }, { occurredAt: last.occurredAt, id: { gt: last.id } }] };
  }
  return {};
}

/** Id of the event that ended the wait the enrollment stands in, if it came. */
export function metBy(turn: Turn, enrollment: ActiveEnrollment): string | null {
  return waitOf(turn, enrollment)?.metBy ?? null;
}

function waitOf(turn: Turn, enrollment: ActiveEnrollment): Awaited | undefined {
  return awaitedOf(turn.lead).find((one) => one.enrollmentId === enrollment.id && one.stepId === enrollment.stepId);
}

/** Notes on the timeline what became of the step the enrollment stands before. */
export function performed(turn: Turn, enrollment: ActiveEnrollment, kind: string, result: string): void {
  const { id: enrollmentId, cadence, stepId } = enrollment;
  turn.note({ action: 'step.performed', data: { enrollmentId, cadence, stepId: stepId ?? '', kind, result } });
}
