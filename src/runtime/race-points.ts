/**
 * Named places in the code where two things may meet. A test can stop one of the two there and let the other pass, so that it
 * meets its race every time. In production a race point does nothing.
 */

/** Of a lead's effects (see src/effects); the subject is the lead's id. */
type EffectPoint =
  /** The claim is committed, nothing was handed to the channel. A second attempt of the same activity may find the claim. */
  | 'effect.claimed'
  /** The channel has answered, the outcome is not written. An event, a command or a second attempt may come first. */
  | 'effect.acted'
  /** Under the lead's lock, right before the outcome is written. Whoever wants the lead waits for this transaction. */
  | 'effect.settling';

/** Of a turn of a lead's process; the subject is the lead's id. */
type TurnPoint =
  /** The lead is not locked yet: whoever changes it now is seen by the turn. */
  | 'turn.begins'
  /** The lead is locked and read: whoever changes it now waits for the turn. */
  | 'turn.locked';

export type RacePoint = EffectPoint | TurnPoint;

/** Called when the code reaches a point, with the id of its subject. The code goes on when the returned promise resolves. */
export type RaceWatcher = (point: RacePoint, subject: string) => Promise<void>;

let watcher: RaceWatcher | null = null;

/** Await this at the place that the name stands for. */
export function reached(point: RacePoint, subject: string): Promise<void> | undefined {
  return watcher?.(point, subject);
}

/** For tests: sets the only watcher of this process; null removes it. */
export function watchRacePoints(next: RaceWatcher | null): void {
  watcher = next;
}
