import type { Span } from '../../domain/cadence.ts';
import { spanToText } from '../../domain/schedule.ts';
import { type StepPosition, waitsUntilDue, waysOn } from '../position.ts';

/** Lets time pass. */
export type WaitStep = { id: string; kind: 'wait'; for: Span; next?: string | null };

export const waitPosition: StepPosition<WaitStep> = {
  time: 'passes',
  startsListening: false,
  toldBy: 'step',
  due: (step, arrival) => arrival.after(step.for),
  ways: waysOn,
  waiting: waitsUntilDue,
  label: (step) => `Wait ${spanToText(step.for)}`,
};
