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
  | 'turn.locked'
  /** Its mail is about to be put off for a receiver that refuses us. Whoever lifts the refusal waits for the turn. */
  | 'mail.refused';

/** Of a lead's process and who tells it something; the subject is the lead's id. */
type CommandPoint =
  /** A relay has leased a bell of this lead and has not rung it. Another relay may look for bells. */
  | 'bell.leased'
  /** Under the lead's lock: whether a command is refused is known, nothing of it is written. Another person may decide too. */
  | 'command.judged'
  /** A form of the console has found no verdict of its command yet. The other press of its button may be carried out now. The subject is the command's id. */
  | 'command.unknown';

/** Of what is written once, whoever else writes it. */
type OncePoint =
  /** Who publishes has the lock and has read nothing. Others who publish wait. The subject is the author. */
  | 'publish.locked'
  /** Who writes a campaign has the lock and has written nothing. Who publishes waits. The subject is the version of what was written before. */
  | 'campaigns.locked'
  /** A request has read that its Idempotency-Key can be taken over, and has not taken it. The subject is the id of the key's row. */
  | 'key.free';

/** Of a bulk run; the subject is the run's id. */
type BulkPoint =
  /** The next leads are about to be looked for, nothing is locked. Who pauses the run may come between. */
  | 'bulk.next'
  /** The next leads are locked, nothing of them is changed. Their processes wait. */
  | 'bulk.locked'
  /** Leads are changed and the run says so, nothing is committed. */
  | 'bulk.recorded';

/** Of a broadcast; the subject is its id. */
type BroadcastPoint =
  /** Recipients and their leads are locked, nothing is claimed. Whoever wants one of the leads waits. */
  | 'broadcast.locked'
  /** The claims of some messages are committed, nothing was handed over. */
  | 'broadcast.claimed'
  /** The mail server has answered for all of them, no outcome is written. */
  | 'broadcast.acted';

export type RacePoint = BroadcastPoint | BulkPoint | EffectPoint | TurnPoint | CommandPoint | OncePoint;

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
