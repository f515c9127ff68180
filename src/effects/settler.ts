import type { Outcome } from '../domain/effect.ts';
import type { EffectTurn } from './channel.ts';

/**
 * Continues after an effect has its outcome. The code that claims an effect provides its settler, so the ledger knows no kind of
 * effect. A settler holds ids only: the turn that settles reads everything again, perhaps several times.
 */
export interface Settler<T extends EffectTurn> {
  /**
   * A later attempt put the effect in doubt and went on, and now it is certain that it did not happen. Returns whether the intent can
   * be tried again in the lead's present state. If not, it stays in doubt, where a person sees it.
   */
  canRepeat(turn: T): boolean;
  /** Whether this was the last attempt: what the mailbox does not take has failed then, and is not released. */
  isLastTry?(turn: T): boolean;
  settled(turn: T, result: EffectResult): Promise<void> | void;
}

/** The result of settling an effect. */
export interface EffectResult {
  /** `not-ours`: another attempt has written an outcome before. */
  status: 'sent' | 'in_doubt' | 'failed' | 'released' | 'not-ours';
  outcome: Outcome;
  /** Released after a later attempt had put it in doubt and gone on: the lead must be moved back to try again. */
  isLate: boolean;
  /** The receiver refused us, and a person lifted that while the message was there: it is tried again at once. */
  isOutdated?: boolean;
}
