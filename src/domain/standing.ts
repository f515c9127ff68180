import type { AssignmentStatus } from './assignment.ts';
import type { Grade, Stage } from './stage.ts';

/**
 * Where a lead stands and what its process is to do next: the answer of every activity, and all that the process knows.
 * It is read from the rows each time, so that a new, restarted or continued process needs the lead's id and nothing else.
 * Ids, keys and sentences without personal data: it is kept in the workflow's history.
 */
export interface Standing {
  stage: Stage;
  /** Engagement score in points as of now, whole. */
  score: number;
  grade: Grade;
  source: string | null;
  cadence: string | null;
  /** Handle of the rep who owns the need. */
  ownerId: string | null;
  /** The rep's key in routing.yaml, in answers that older code recorded. A key is a name of theirs, which no history is to hold. */
  ownerKey?: string | null;
  /** The latest hand-off of the current need. */
  assignment: { id: string; repId: string; status: AssignmentStatus } | null;
  paused: boolean;
  held: boolean;
  /** The lead's clock is ahead of real time: its process must not end, a new one would be back at real time. */
  forwarded: boolean;
  next: Next;
  /** Why it stands there, in a sentence. */
  because: string;
}

export type Next =
  /** A step of a cadence falls due. */
  | { kind: 'step'; stepId: string; dueAtMs: number; summary: string }
  /** Ready: to be offered to a rep at once. */
  | { kind: 'offer'; summary: string }
  /** A rep has the word; a clock of the hand-off (brief, reminder, SLA) falls due. */
  | { kind: 'decision'; dueAtMs: number; summary: string }
  /** A person has to act and no clock runs. */
  | { kind: 'person'; summary: string }
  /** Paused or held: nothing is done until somebody resumes. */
  | { kind: 'stopped'; summary: string }
  /** Nothing is scheduled. */
  | { kind: 'nothing'; summary: string };

/** The step id that means: look at the rows again at once, because a request is not yet taken in. */
export const LOOK = 'look';

/** The step id that means: a request of the lead is to be answered. */
export const ANSWER = 'answer';

/** When the process wakes by itself (epoch milliseconds), or null. */
export function dueAtOf(next: Next): number | null {
  return next.kind === 'step' || next.kind === 'decision' ? next.dueAtMs : null;
}

/** Whether the lead goes on by itself: `paused` by a person, `held` because its process could not go on. */
export type State = 'active' | 'paused' | 'held';

export function stateOf({ paused, held }: Pick<Standing, 'paused' | 'held'>): State {
  if (held) return 'held';
  return paused ? 'paused' : 'active';
}
