import type { LeadCommand, Verdict } from '../domain/commands.ts';
import type { Standing } from '../domain/standing.ts';

/** What every activity of a lead's process is told. */
export interface At {
  leadId: string;
  /** The process's own time, epoch milliseconds. Activities stamp with it and never read another clock. */
  atMs: number;
  /** Outbox ids the process has heard: their rows are taken note of and deleted. */
  heard: readonly string[];
}

/** What a lead's process lets be done. Implemented by `createActivities`. */
export interface LeadActivities {
  /** Takes note of what came in, does what is due (a step; for who qualified the offer and its brief), and answers where the lead stands. */
  performStep(at: At): Promise<Standing>;
  /** The same, by the name that tells operators what it is about: offer, brief, reminder, next rep. */
  handOver(at: At): Promise<Standing>;
  /** Carries out a command by compare-and-set; a repeat of the same id gets the same verdict. */
  carryOut(at: At & { command: LeadCommand }): Promise<{ verdict: Verdict; standing: Standing }>;
  /** Writes that the process cannot go on and why, for the operator. */
  hold(at: At & { reason: string }): Promise<Standing>;
}
