import type { OutgoingMessage } from '../email/message.ts';

/** A message whose send row is claimed: to be handed over once, right after the transaction that claimed it. */
export interface Delivery {
  sendId: string;
  /** Compared and set on every change of the row. */
  attempt: string;
  message: OutgoingMessage;
  /** Of a mail to a rep. */
  assignmentId: string | null;
  /** What the turn that settles it goes on with. */
  purpose: Purpose;
}

export type Purpose =
  | { kind: 'step'; enrollmentId: string; stepId: string; pass: number }
  | { kind: 'brief'; assignmentId: string }
  /** `touchId`: of the request it tells of. */
  | { kind: 'notice'; touchId?: string };
