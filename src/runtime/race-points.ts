/**
 * Places in the code where two things may meet. Each has a name, so that a test can stop one of the two there and let the other
 * pass: such a test meets its race every time. In production nobody watches, and to reach a point does nothing.
 */

/** Of a lead's effects (see src/effects); the subject is the lead's id. */
type EffectPoint =
  /** The claim is committed, nothing was handed to the channel. A second attempt of the same activity may find the claim. */
  | 'effect.claimed'
  /** The channel has answered, the outcome is not written. An event, a command or a second attempt may come first. */
  | 'effect.acted'
  /** Under the lead's lock, right before the outcome is written. Whoever wants the lead waits for this transaction. */
  | 'effect.settling';

export type RacePoint = EffectPoint;

/** Told of a point that was reached, and of what: an id. What it returns is waited for before the code goes on. */
export type RaceWatcher = (point: RacePoint, subject: string) => Promise<void>;

let watcher: RaceWatcher | null = null;

/** To be awaited at the place that the name stands for. */
export function reached(point: RacePoint, subject: string): Promise<void> | undefined {
  return watcher?.(point, subject);
}

/** For tests: one watcher a process; null takes it away. */
export function watchRacePoints(next: RaceWatcher | null): void {
  watcher = next;
}
