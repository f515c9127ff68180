import { dueAtOnce, type StepPosition, waitsUntilDue } from '../position.ts';

/** Ends the cadence with a reason. */
export type ExitStep = { id: string; kind: 'exit'; reason: string };

export const exitPosition: StepPosition<ExitStep> = {
  time: 'none',
  startsListening: false,
  toldBy: 'step',
  due: dueAtOnce,
  ways: (step) => [{ go: 'out', because: step.reason }],
  waiting: waitsUntilDue,
  label: (step) => `Exit: ${step.reason}`,
};
