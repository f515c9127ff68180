import {
  ActivityFailure,
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { COMMAND_KINDS, type LeadCommand, type Verdict } from '../domain/commands.ts';
import { judge } from '../domain/judge.ts';
import { dueAtOf, type Standing } from '../domain/standing.ts';
import type { At, LeadActivities } from './activities.ts';
import { Inbox } from './inbox.ts';
import { CLOCK_UPDATE, type LeadInput, RING_SIGNAL, type Ring, STATE_QUERY, WHY_QUERY } from './messages.ts';
import { detailsOf, publishAttributes } from './visible.ts';

const DO: Parameters<typeof proxyActivities>[0] = {
  // Longer than the mail transport's own time-outs together, so that an attempt always knows its outcome first.
  startToCloseTimeout: '45s',
  // An outage of the database is sat out; what cannot get better is not retried (see activities/interceptor.ts).
  scheduleToCloseTimeout: '14d',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
};

const perform = (summary: string) => proxyActivities<LeadActivities>({ ...DO, summary });
const { hold } = proxyActivities<LeadActivities>({
  startToCloseTimeout: '45s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
  summary: 'Hold: the process cannot go on',
});

/** A run is continued as new from here on: waking a process that is not cached costs CPU with the length of its history. */
const LONG_HISTORY = 150;

/**
 * A lead's process: its inbox, where it stands as of the last look, and the few things it can do. One thing at a time is
 * done, in the order of the main function; handlers only put into the inbox and wait.
 */
export class LeadProcess {
  private readonly leadId: string;
  private readonly inbox: Inbox;
  private standing: Standing | null = null;
  private published: Standing | null = null;

  constructor(input: LeadInput) {
    this.leadId = input.leadId;
    this.inbox = new Inbox(input.heard, input.rings);
    this.listen();
  }

  private listen(): void {
    setHandler(defineSignal<[Ring]>(RING_SIGNAL), (ring) => this.inbox.ring(ring), {
      description: 'Something about this lead was written that changes its course; the rows say what',
    });
    for (const kind of COMMAND_KINDS) {
      setHandler(defineUpdate<Verdict, [LeadCommand]>(kind), (command) => this.obey(command), {
        validator: (command) => this.refuseWhatCannotBe(command),
      });
    }
    setHandler(defineUpdate<number>(CLOCK_UPDATE), () => Date.now(), { description: "The process's own time" });
    setHandler(defineQuery<Standing | null>(STATE_QUERY), () => this.standing, { description: 'Where the lead stands' });
    setHandler(defineQuery<string>(WHY_QUERY), () => detailsOf(this.leadId, this.standing), {
      description: 'Stage, score, what comes next and why, in words',
    });
  }

  /** Throws, so that a command that cannot be leaves nothing in the history. Synchronous: see facts on validators. */
  private refuseWhatCannotBe(command: LeadCommand): void {
    if (this.standing === null) return;
    const underWay = 'assignmentId' in command ? this.inbox.decisionOn(command.assignmentId) : undefined;
    if (underWay !== undefined && underWay.commandId !== command.commandId) {
      throw ApplicationFailure.nonRetryable('Somebody else is deciding on this assignment right now.', 'ASSIGNMENT_TAKEN');
    }
    const refusal = judge(this.standing, command);
    if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal.message, refusal.code);
  }

  private async obey(command: LeadCommand): Promise<Verdict> {
    const pending = this.inbox.take(command);
    await condition(() => pending.verdict !== null);
    return pending.verdict as unknown as Verdict;
  }

  get now(): Standing {
    if (this.standing === null) throw new Error('The process has not looked yet');
    return this.standing;
  }

  get next(): Standing['next'] {
    return this.now.next;
  }

  /** Takes note of what came in, performs what is due and sees where the lead stands then. */
  async performStep(): Promise<void> {
    const summary = this.standing === null ? 'See where the lead stands' : stepSummary(this.standing);
    await this.do((at) => perform(summary).performStep(at));
  }

  async handOver(): Promise<void> {
    const summary = this.next.kind === 'offer' ? 'Offer to a rep' : 'Go on with the hand-off';
    await this.do((at) => perform(summary).handOver(at));
  }

  /**
   * Waits until something is due or comes in. Commands are carried out here. Answers whether there is something to perform:
   * false when only commands came, after which the lead may stand elsewhere.
   */
  async waitForNews(): Promise<boolean> {
    const dueAtMs = dueAtOf(this.next);
    const news = () => !this.inbox.isEmpty;
    if (!news()) {
      if (dueAtMs === null) await condition(news);
      else if (dueAtMs > Date.now()) await condition(news, dueAtMs - Date.now(), { summary: this.next.summary });
    }
    if (await this.carryOutCommands()) return false;
    return this.inbox.hasRings || (dueAtMs !== null && dueAtMs <= Date.now());
  }

  private async carryOutCommands(): Promise<boolean> {
    let any = false;
    for (let pending = this.inbox.nextCommand; pending !== undefined; pending = this.inbox.nextCommand) {
      any = true;
      await this.carryOut(pending);
    }
    return any;
  }

  private async carryOut(pending: NonNullable<Inbox['nextCommand']>): Promise<void> {
    const { command } = pending;
    let verdict: Verdict = { ok: false, code: 'INTERNAL', message: 'The command could not be carried out; the lead is held.' };
    try {
      await this.do(async (at) => {
        const done = await perform(`Command: ${command.kind}`).carryOut({ ...at, command });
        verdict = done.verdict;
        return done.standing;
      });
    } finally {
      this.inbox.settle(pending, verdict);
    }
  }

  private async do(act: (at: At) => Promise<Standing>): Promise<void> {
    const at = { leadId: this.leadId, atMs: Date.now(), heard: this.inbox.hear() };
    let standing: Standing;
    try {
      standing = await act(at);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      standing = await hold({ ...at, atMs: Date.now(), reason: reasonOf(error) });
    }
    this.see(standing);
  }

  private see(standing: Standing): void {
    this.standing = standing;
    setCurrentDetails(detailsOf(this.leadId, standing));
    publishAttributes(this.published, standing);
    this.published = standing;
  }

  /** Resolves when no caller waits for a verdict any more. */
  async verdictsGiven(): Promise<void> {
    await condition(allHandlersFinished);
  }

  /**
   * Nothing is scheduled, nothing has come in, and the clock is real time. To be asked right before returning, with no await
   * between: what came in before would be lost, what comes later finds the process ended and starts it again.
   */
  get mayEnd(): boolean {
    return this.next.kind === 'nothing' && !this.now.forwarded && this.inbox.isEmpty;
  }

  /** A forwarded run keeps its history: its virtual time does not carry over. */
  get shouldStartAfresh(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return !this.now.forwarded && (continueAsNewSuggested || historyLength > LONG_HISTORY);
  }

  /** Ends this run and goes on in a new one, with what came in. Same rule as for `mayEnd`. */
  startAfresh(): Promise<never> {
    return continueAsNew<(input: LeadInput) => Promise<void>>({ leadId: this.leadId, ...this.inbox.carry() });
  }
}

function stepSummary(standing: Standing): string {
  return standing.next.kind === 'step' ? `Perform ‘${standing.next.stepId}’` : 'See where the lead stands';
}

function reasonOf(error: ActivityFailure): string {
  const cause = error.cause;
  if (cause instanceof ApplicationFailure) return `${cause.type ?? 'ERROR'}: ${cause.message}`;
  return cause?.message ?? error.message;
}
