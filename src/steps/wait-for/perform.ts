import type { Condition } from '../../domain/condition.ts';
import { holds } from '../../domain/condition.ts';
import { type Awaited, isChangeMet } from '../../store/events/awaited.ts';
import { listen, metOf } from '../awaiting.ts';
import type { Met, StepPerformer, StepPlace, StepTurn } from '../performer.ts';
import type { AwaitedChange, AwaitedEvent, WaitForStep } from './position.ts';

export const performWaitFor: StepPerformer<WaitForStep> = {
  async perform(work) {
    const met = metOf(work);
    work.performed(resultOf(work.step, met));
    await work.goTo(met === null ? work.step.otherwise : work.step.then);
    return true;
  },
  /**
   * The lead's lock is held, and whatever may end the wait takes the same lock. So an event is either found here, or it finds what the
   * lead waits for.
   */
  arrive(place) {
    const { step } = place;
    if ('event' in step) return awaitEvent(place, step);
    return 'segment' in step ? awaitSegment(place, step.segment) : awaitChange(place, step.change);
  },
  looksAgain: (step) => 'segment' in step,
  met: metOf,
};

function resultOf(step: WaitForStep, met: Met | null): string {
  if ('event' in step) return met === null ? 'the event did not come in time' : `came: ${met.by}`;
  if ('segment' in step) return met === null ? `did not come into ${step.segment} in time` : `is in ${step.segment}`;
  return met === null ? `${step.change.field} did not change in time` : `${step.change.field} changed`;
}

/** Events count from the time of the last step that starts to listen. */
async function awaitEvent(place: StepPlace, { event, when }: AwaitedEvent): Promise<void> {
  const since = place.enrollment.steppedAt;
  const already = await firstSince(place.turn, event, when, since);
  listen(place, { event, ...(when === undefined ? {} : { when }), since: since.toISOString(), ...already });
}

/** What the field is to be, it may be already. A change counts from now on. */
function awaitChange(place: StepPlace, change: AwaitedChange): Promise<void> {
  const { turn } = place;
  const at = turn.at.toISOString();
  const isSo = change.is !== undefined && isChangeMet(change, turn.lead);
  listen(place, { change, since: at, ...(isSo ? { metBy: change.field, metAt: at } : {}) });
  return Promise.resolve();
}

/** In the segment, it may be already. Asked again at each look, for requests and steps change the profile too. */
async function awaitSegment(place: StepPlace, segment: string): Promise<void> {
  const { turn, enrollment } = place;
  const isIn = holds({ segment }, await turn.facts([{ segment }]));
  const met = isIn ? { metBy: segment, metAt: turn.at.toISOString() } : {};
  listen(place, { segment, since: enrollment.steppedAt.toISOString(), ...met });
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
