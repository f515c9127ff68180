import { type StepPosition, waitsUntilDue, waysOn } from '../position.ts';

/** Sends a template when the window of the cadence is open. `again`: also to a lead that got it before. */
export type EmailStep = { id: string; kind: 'email'; template: string; next?: string | null; again?: true };

export const emailPosition: StepPosition<EmailStep> = {
  time: 'none',
  startsListening: true,
  toldBy: 'send',
  due: (_step, arrival) => arrival.inWindow(),
  ways: waysOn,
  waiting: waitsUntilDue,
  label: (step) => `Email ‘${step.template}’`,
};
