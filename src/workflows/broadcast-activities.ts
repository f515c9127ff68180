import type { BroadcastProgress } from '../domain/broadcast.ts';
import type { BroadcastInput } from './broadcast-messages.ts';

/** The activities of a broadcast. Implemented by `createBroadcastActivities`. */
export interface BroadcastActivities {
  /**
   * Gathers the leads, or sends to the next ones, for some seconds; or does nothing when there is nothing to do now. `nowMs`: the process's
   * time. Answers how far the broadcast is.
   */
  workOnBroadcast(input: BroadcastInput & { nowMs: number }): Promise<BroadcastProgress>;
  /** Pauses the broadcast and says why, until a person resumes it. */
  stopBroadcast(input: BroadcastInput & { reason: string }): Promise<BroadcastProgress>;
}
