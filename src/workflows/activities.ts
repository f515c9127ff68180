import type { LeadCommand, Verdict } from '../domain/commands.ts';
import type { Standing } from '../domain/standing.ts';

/** The argument of every activity of a lead's process. */
export interface At {
  leadId: string;
  /** The process's own time, epoch milliseconds. Activities stamp with it and never read another clock. */
  atMs: number;
  /** Outbox ids that the process has heard. The activity deletes their rows. */
  heard: readonly string[];
}

/** The activities of a lead's process. Implemented by `createActivities`. */
export interface LeadActivities {
  /** Takes note of what came in, does what is due (a step, or the offer to a rep and its brief), and returns where the lead stands. */
  performStep(at: At): Promise<Standing>;
  /** The same as `performStep`. Its name tells operators what it is about: offer, brief, reminder, next rep. */
  handOver(at: At): Promise<Standing>;
  /** Carries out a command by compare-and-set; a repeat of the same id gets the same verdict. */
  carryOut(at: At & { command: LeadCommand }): Promise<{ verdict: Verdict; standing: Standing }>;
  /** Writes, for the operator, that the process cannot go on and why. */
  hold(at: At & { reason: string }): Promise<Standing>;
}
