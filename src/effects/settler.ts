import type { Outcome } from '../domain/effect.ts';
import type { EffectTurn } from './channel.ts';

/**
 * What goes on once an effect has its outcome. Who claims hands it over, so the mechanism knows no kind of effect. It keeps ids
 * alone: the turn that settles reads everything anew, perhaps several times.
 */
export interface Settler<T extends EffectTurn> {
  /**
   * A later attempt was in doubt about the effect and has gone on, and now it is certain that it did not happen. Can the intent
   * be tried again, as the lead stands now? If not, it stays in doubt, for a person to see.
   */
  canRepeat(turn: T): boolean;
  settled(turn: T, became: Became): Promise<void> | void;
}

/** What became of an effect. */
export interface Became {
  /** `not-ours`: somebody else has written an outcome before. */
  status: 'sent' | 'in_doubt' | 'failed' | 'released' | 'not-ours';
  outcome: Outcome;
  /** Released after a later attempt was in doubt and had gone on: the lead has to be brought back to try again. */
  isLate: boolean;
}
