import type { LeadCommand, Verdict } from '../domain/commands.ts';
import type { Ring } from './messages.ts';

/** A command whose caller waits for the verdict. */
export interface PendingCommand {
  command: LeadCommand;
  verdict: Verdict | null;
}

/** So many ids of heard bells are kept, to recognize a bell that rings twice. A forgotten id costs one look at the rows, no more. */
const HEARD_KEPT = 50;

/** What has come in for a lead's process and is not yet handled. Plain data and synchronous, so that no other code runs in between. */
export class Inbox {
  private rings: Ring[] = [];
  private readonly commands: PendingCommand[] = [];
  private heard: string[];

  constructor(heard: readonly string[] = [], rings: readonly Ring[] = []) {
    this.heard = [...heard];
    for (const ring of rings) this.ring(ring);
  }

  ring(ring: Ring): void {
    if (this.heard.includes(ring.outboxId) || this.rings.some((one) => one.outboxId === ring.outboxId)) return;
    this.rings.push(ring);
  }

  take(command: LeadCommand): PendingCommand {
    const pending: PendingCommand = { command, verdict: null };
    this.commands.push(pending);
    return pending;
  }

  /** The next command. It stays in the inbox until it is answered, so that a second decision sees the first. */
  get nextCommand(): PendingCommand | undefined {
    return this.commands[0];
  }

  answer(pending: PendingCommand, verdict: Verdict): void {
    pending.verdict = verdict;
    this.commands.splice(this.commands.indexOf(pending), 1);
  }

  /** The decision on this assignment that is being carried out, if any. */
  decisionOn(assignmentId: string): LeadCommand | undefined {
    return this.commands.find(({ command }) => 'assignmentId' in command && command.assignmentId === assignmentId)
      ?.command;
  }

  get hasRings(): boolean {
    return this.rings.length > 0;
  }

  get isEmpty(): boolean {
    return this.rings.length === 0 && this.commands.length === 0;
  }

  /** Takes the ids of all rings so far. From now on they count as heard. */
  hear(): string[] {
    const ids = this.rings.map((ring) => ring.outboxId);
    this.heard = [...this.heard, ...ids].slice(-HEARD_KEPT);
    this.rings = [];
    return ids;
  }

  /** What the next run needs from this one. */
  forNextRun(): { heard: string[]; rings: Ring[] } {
    return { heard: this.heard, rings: this.rings };
  }
}
