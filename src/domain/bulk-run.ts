/** A change of many leads that a durable process carries out piece by piece. Plain types: the process keeps them in its history. */

/**
 * migrate: to another revision of their cadence, each to the same place. restart: to another revision, from its beginning.
 * amend: to a revision with the same steps and other words. append: who finished the cadence, before the steps that were appended to it. resume: on, after a pause of their cadence or of all sending.
 * command: a command to each lead that a filter finds. rescore: score and grade of all leads by the rules in force.
 */
export const BULK_KINDS = ['migrate', 'restart', 'amend', 'append', 'resume', 'command', 'rescore'] as const;
export type BulkKind = (typeof BULK_KINDS)[number];

/** A command that may be given to many leads at once. */
export type BulkCommand =
  | { kind: 'enroll'; cadence: string; step?: string }
  /** `reason`: in any words. Of one that is not known, each lead gets a note, and its process the note's id. */
  | { kind: 'pause'; reason?: string }
  | { kind: 'resume' };

/** paused: by a person, or by itself because of an error that the run names. */
export const BULK_STATUSES = ['running', 'paused', 'canceled', 'done'] as const;
export type BulkStatus = (typeof BULK_STATUSES)[number];

export function isOver(status: BulkStatus): boolean {
  return status === 'done' || status === 'canceled';
}

/** How far a run is. */
export interface BulkProgress {
  kind: BulkKind;
  status: BulkStatus;
  done: number;
  total: number;
  /** It does nothing for so long, in milliseconds. */
  restMs?: number;
}

/** Processes of leads that a run rings in a second unless somebody sets another rate: less than a small installation performs steps. */
export const DEFAULT_RATE = 20;
export const HIGHEST_RATE = 1_000;

/** A lead whose process is not rung costs a run so many times less than one whose process is. */
export const UNRUNG_PER_RUNG = 25;

/** So long the leads of a run are let go one after the other, if it lets them all go at its rate. In milliseconds. */
export function spreadOf(leads: number, rate: number): number {
  return Math.ceil((leads / rate) * 1_000);
}
