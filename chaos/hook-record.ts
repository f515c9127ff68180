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
  step: string;
  /** All that was posted. */
  data: string;
  answer: HookAnswer;
}

export function readHooks(file: string): HookRecord[] {
  return linesOf(file).map((line) => JSON.parse(line) as HookRecord);
}
