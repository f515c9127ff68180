/** The events of one call, and their answers. */
import type { ErrorCode } from '../../domain/errors.ts';

/** A fact about a lead, as a sender states it. The lead is named by id or, without one, by email. */
export interface EventInput {
  /** The sender's id, so that a repeat counts once. Without it the engine makes an id. */
  id?: string;
  /** The source of the id: the same id from two sources is two events. Without a source the engine made the id. */
  source?: string;
  leadId?: string;
  email?: string;
  type: string;
  properties?: Readonly<Record<string, unknown>>;
  /** On the lead's clock. Without it: now. */
  occurredAt?: Date;
}

/** The answer for one item, in the order of the items. */
export type ItemResult =
  | { status: 'accepted' | 'duplicate'; id: string; note?: string }
  | { status: 'rejected'; id: string | null; code: ErrorCode; message: string };

export interface RecordEventsResult {
  items: ItemResult[];
  /** Outbox rows that were written: to be handed to the relay after the commit. */
  ringIds: string[];
}

/** An item that can be stored, with its place in the batch. */
export interface Candidate {
  index: number;
  /** The id as it is stored. */
  id: string;
  leadId: string | null;
  email: string | null;
  input: EventInput;
}

/** The checked items of one call: answers to those that cannot be stored, and the others. */
export interface CheckedInputs {
  items: ItemResult[];
  candidates: Candidate[];
}
