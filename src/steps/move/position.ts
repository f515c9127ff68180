import { dueAtOnce, type StepPosition, waitsUntilDue } from '../position.ts';

/** Goes on in another cadence. */
export type MoveStep = { id: string; kind: 'move'; cadence: string };

export const movePosition: StepPosition<MoveStep> = {
  time: 'none',
  startsListening: false,
  toldBy: 'step',
  due: dueAtOnce,
  ways: (step) => [{ go: 'cadence', cadence: step.cadence }],
  waiting: waitsUntilDue,
  label: (step) => `Move to ‘${step.cadence}’`,
};
