import type { Span } from '../../domain/cadence.ts';
import type { Condition } from '../../domain/condition.ts';
import { spanToText } from '../../domain/schedule.ts';
import type { StepPosition } from '../position.ts';

/** Waits for an event, a change of the profile, or until the lead is in a segment, for a limited time. */
export type WaitForStep = {
  id: string;
  kind: 'waitFor';
  within: Span;
  /** Step after it came, and after it did not. */
  then: string;
  otherwise: string;
} & Awaitable;

export type Awaitable = AwaitedEvent | { change: AwaitedChange } | { segment: string };

/** `event`: type of the event that ends the wait. */
export type AwaitedEvent = { event: string; when?: Condition };

/** A field of the profile, and what it must be then; without `is` any change ends the wait. */
export type AwaitedChange = { field: string; is?: Condition };

/** Fields of the profile whose change can be waited for, besides attributes: what submissions and `set` change. */
export const WAITABLE_FIELDS: readonly string[] = [
  'company',
  'companySize',
  'industry',
  'jobTitle',
  'country',
  'language',
  'preferredChannel',
];

export const waitForPosition: StepPosition<WaitForStep> = {
  time: 'listens',
  startsListening: true,
  toldBy: 'step',
  due: (step, arrival) => arrival.after(step.within),
  ways: (step) => [
    { go: 'to', stepId: step.then, when: 'it came' },
    { go: 'to', stepId: step.otherwise, when: `not within ${spanToText(step.within)}` },
  ],
  led: ({ then, otherwise }, recorded) => (recorded.endsWith(' in time') ? otherwise : then),
  waiting: (step, until) => `Wait for ${awaitedInWords(step)} until ${until} at ‘${step.id}’`,
  label: (step) => `Wait for ${awaitedInWords(step)}`,
};

function awaitedInWords(step: WaitForStep): string {
  if ('event' in step) return step.event;
  return 'segment' in step ? `the segment ${step.segment}` : `a change of ${step.change.field}`;
}
