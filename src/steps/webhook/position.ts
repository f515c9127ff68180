import { BY_CALL, BY_EMAIL, MESSAGE, type StepPosition } from '../position.ts';

/** Posts to an address when the window of the cadence is open: SMS, messengers, any other program. */
export type WebhookStep = {
  id: string;
  kind: 'webhook';
  url: string;
  /** Names of fields, as conditions know them, and of the person. */
  send: readonly string[];
  /** Text with Liquid. */
  text?: string;
  /** A message to the lead on this topic: consent, caps and quiet hours are asked by it. Without it: no message to the lead. */
  topic?: string;
  /** Name of the secret in the environment. */
  secret?: string;
  /** Attributes that the answer may fill in. */
  answer?: { attributes: readonly string[] };
  next?: string | null;
};

export const webhookPosition: StepPosition<WebhookStep> = {
  ...MESSAGE,
  serves: (_step, channel) => !BY_EMAIL.has(channel) && !BY_CALL.has(channel),
  // Its address may have a key in it.
  label: ({ url }) => `Webhook to ${new URL(url).hostname}`,
};
