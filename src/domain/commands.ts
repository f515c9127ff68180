import type { Actor } from './actor.ts';
import type { ErrorCode } from './errors.ts';
import type { Stage } from './stage.ts';

/**
 * The commands to a lead's process. Each kind is a Temporal update of the same name. Commands hold ids and keys only: a note is
 * stored first, and the command carries its id.
 */
export type LeadCommand = { commandId: string; actor: Actor } & (
  | { kind: 'accept'; assignmentId: string }
  | { kind: 'reject'; assignmentId: string; reason: string; noteId?: string }
  /** `handOverId`: it is one of several that are handed over at once. Without a destination: tele-sales qualifies the lead on, to whom the rules say. */
  | ({ kind: 'reroute'; assignmentId: string; noteId?: string; handOverId?: string } & Destination)
  /** A person says who gets the lead, also one that was offered to nobody yet. */
  | ({ kind: 'route'; noteId?: string; handOverId?: string } & Destination)
  /** `restart`: also when the lead is in it. `step`: the step that it is put before; without it the first. */
  | { kind: 'enroll'; cadence: string; restart?: boolean; step?: string }
  /** `reason`: a known one (domain/reasons.ts). Any other is a note. */
  | { kind: 'pause'; reason?: string; noteId?: string }
  | { kind: 'resume' }
  | { kind: 'disqualify'; reason: string; noteId?: string }
  /** Of a disqualified lead, by a person, who says why. */
  | { kind: 'reopen'; noteId?: string }
  | {
      kind: 'outcome';
      result: OutcomeResult;
      /** The need that was won and whose sale goes on, also while another need is open; the open one without it. */
      needId?: string;
      valueMinor?: number;
      currency?: string;
      funnelStage?: string;
      reason?: string;
      noteId?: string;
    }
);

/** Where a person sends a lead. */
interface Destination {
  team?: string;
  repId?: string;
  /** Several reps: it goes to whose turn it is among those who are here and have room. */
  repIds?: readonly string[];
}

export const OUTCOMES = ['opportunity', 'won', 'lost', 'no-need', 'back-to-nurture'] as const;
export type OutcomeResult = (typeof OUTCOMES)[number];

export type CommandKind = LeadCommand['kind'];
export const COMMAND_KINDS = [
  'accept',
  'reject',
  'reroute',
  'route',
  'enroll',
  'pause',
  'resume',
  'disqualify',
  'reopen',
  'outcome',
] as const satisfies readonly CommandKind[];

/** The answer to a command: done, or why not. A repeat of the same command id gets the same verdict. */
export type Verdict =
  | { ok: true; stage: Stage; message: string; assignmentId?: string; repId?: string }
  | { ok: false; code: ErrorCode; message: string };
