/** What the receiver of webhooks wrote down, one line a call. */
import { linesOf } from './lines-of.ts';
import type { HookAnswer } from './plan.ts';

export interface HookRecord {
  at: number;
  /** The headers `webhook-id` and `Idempotency-Key`. */
  id: string;
  key: string;
  /** Whether the signature is right. */
  isSigned: boolean;
  leadId: string;
  /** Null: it tells of a hand-off. */
  step: string | null;
  handOff: CalledHandOff | null;
  /** All that was posted. */
  data: string;
  answer: HookAnswer;
}

/** What a call says of a hand-off. */
export interface CalledHandOff {
  assignmentId: string;
  /** As in the type of the message: `hand-off.offered` and so on. */
  event: string;
  /** Of a breach: which clock. */
  what: string | null;
}

export function readHooks(file: string): HookRecord[] {
  return linesOf(file).map((line) => JSON.parse(line) as HookRecord);
}
