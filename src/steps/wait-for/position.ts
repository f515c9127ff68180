import type { Span } from '../../domain/cadence.ts';
import type { Condition } from '../../domain/condition.ts';
import { spanToText } from '../../domain/schedule.ts';
import type { StepPosition } from '../position.ts';

/** Waits for an event, for a limited time. */
export type WaitForStep = {
  id: string;
  kind: 'waitFor';
  /** Type of the event that ends the wait. */
  event: string;
  when?: Condition;
  within: Span;
  /** Step after the event came, and after it did not. */
  then: string;
  otherwise: string;
};

export const waitForPosition: StepPosition<WaitForStep> = {
  time: 'listens',
  startsListening: true,
  toldBy: 'step',
  due: (step, arrival) => arrival.after(step.within),
  ways: (step) => [
    { go: 'to', stepId: step.then, when: 'it came' },
    { go: 'to', stepId: step.otherwise, when: `not within ${spanToText(step.within)}` },
  ],
  waiting: (step, until) => `Wait for ${step.event} until ${until} at ‘${step.id}’`,
  label: (step) => `Wait for ${step.event}`,
};
