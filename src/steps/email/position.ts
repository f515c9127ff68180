import { BY_EMAIL, MESSAGE, type StepPosition } from '../position.ts';

/** Sends a template when the window of the cadence is open. `again`: also to a lead that got it before. */
export type EmailStep = { id: string; kind: 'email'; template: string; next?: string | null; again?: true };

export const emailPosition: StepPosition<EmailStep> = {
  ...MESSAGE,
  serves: (_step, channel) => BY_EMAIL.has(channel),
  label: (step) => `Email ‘${step.template}’`,
};
