import type { Condition } from '../../domain/condition.ts';
import { holds } from '../../domain/condition.ts';
import { type Awaited, awaitedOf, awaitingWith } from '../../store/events/awaited.ts';
import type { Met, StepPerformer, StepPlace, StepTurn } from '../performer.ts';
import type { WaitForStep } from './position.ts';

export const performWaitFor: StepPerformer<WaitForStep> = {
  async perform(work) {
    const event = met(work);
    work.performed(event === null ? 'the event did not come in time' : `came: ${event.by}`);
    await work.goTo(event === null ? work.step.otherwise : work.step.then);
    return true;
  },
  arrive,
  met,
};

/** The event that ended the lead's current wait. */
function met({ turn, enrollment, step }: StepPlace): Met | null {
  const wait = awaitedOf(turn.lead).find((one) => one.enrollmentId === enrollment.id && one.stepId === step.id);
  if (wait?.metBy === undefined) return null;
  return { by: wait.metBy, atMs: wait.metAt === undefined ? null : Date.parse(wait.metAt) };
}

/**
 * The lead's lock is held, and recording an event takes the same lock. So an event is either found here, or it finds what the lead
 * waits for. Events count from the time of the last step that starts to listen.
 */
async function arrive({ turn, enrollment, step }: StepPlace<WaitForStep>): Promise<void> {
  const since = enrollment.steppedAt;
  const awaited: Awaited = {
    enrollmentId: enrollment.id,
    stepId: step.id,
    event: step.event,
    ...(step.when === undefined ? {} : { when: step.when }),
    since: since.toISOString(),
  };
  const already = await firstSince(turn, step.event, step.when, since);
  turn.changeLead({ awaiting: awaitingWith(turn.lead, enrollment.id, [{ ...awaited, ...already }]) });
}

/** The size and the number of the reads. Together they cover more events than a person causes between two steps. */
const EVENTS_AT_ONCE = 200;
const MOST_PAGES = 10;

/** The first event from before the wait began that ends it. */
async function firstSince(
  turn: StepTurn,
  type: string,
  when: Condition | undefined,
  since: Date,
): Promise<Pick<Awaited, 'metBy' | 'metAt'>> {
  const facts = when === undefined ? null : await turn.facts([when]);
  let after = {};
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const events = await turn.tx.event.findMany({
      where: { leadId: turn.lead.id, type, machine: false, occurredAt: { gte: since }, ...after },
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
