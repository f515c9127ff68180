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
import { ACTIVITY } from '../domain/budgets.ts';
import { COMMAND_KINDS, type LeadCommand, type Verdict } from '../domain/commands.ts';
import { judge } from '../domain/judge.ts';
import { dueAtOf, LOOK, type Standing } from '../domain/standing.ts';
import type { At, LeadActivities } from './activities.ts';
import { Inbox } from './inbox.ts';
import { CLOCK_UPDATE, type LeadInput, RING_SIGNAL, type Ring, STATE_QUERY, WHY_QUERY } from './messages.ts';
import { detailsOf, showAttributes, upsertWhatDiffers, type Shown, shownAtStart } from './visible.ts';

const DO: Parameters<typeof proxyActivities>[0] = {
  // Longer than all that an attempt may wait for together, so that it always knows its outcome first.
  startToCloseTimeout: ACTIVITY.startToClose,
  // Detects a worker that died: a living worker sends heartbeats (see activities/heartbeat.ts).
  heartbeatTimeout: ACTIVITY.heartbeat,
  // An outage of the database is retried for this long. Errors that cannot get better are not retried (activities/interceptor.ts).
  scheduleToCloseTimeout: '14d',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
};

const perform = (summary: string) => proxyActivities<LeadActivities>({ ...DO, summary });
const { hold } = proxyActivities<LeadActivities>({
  startToCloseTimeout: ACTIVITY.startToClose,
  heartbeatTimeout: ACTIVITY.heartbeat,
  retry: { initialInterval: '1s', maximumInterval: '1m' },
  summary: 'Hold: the process cannot go on',
});

const NO_BELLS: readonly string[] = [];
/** Commands by which a person says who has the lead, or that it goes no further. */
const DECISIONS: ReadonlySet<LeadCommand['kind']> = new Set([
  'accept',
  'reject',
  'reroute',
  'outcome',
  'disqualify',
  'pause',
]);

/** A run with a longer history is continued as new: waking a process that is not cached costs CPU for each event. */
const LONG_HISTORY = 150;

/**
 * A lead's process: its inbox, where the lead stood at the last look, and the few things it can do. It does one thing at a time,
 * in the order of the main function. Handlers only put commands into the inbox and wait.
 */
export class LeadProcess {
  private readonly leadId: string;
  private readonly inbox: Inbox;
  private standing: Standing | null = null;
  private published: Standing | null = null;
  private shown: Shown | null = shownAtStart();
  /** True while an activity changes where the lead stands: `standing` is then about to be outdated. */
  private isActing = false;

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
    setHandler(defineQuery<Standing | null>(STATE_QUERY), () => this.standing, {
      description: 'Where the lead stands',
    });
    setHandler(defineQuery<string>(WHY_QUERY), () => detailsOf(this.leadId, this.standing), {
      description: 'Stage, score, what comes next and why, in words',
    });
  }

  /**
   * Throws for a command that is not possible, so that it leaves nothing in the history. Must be synchronous: an asynchronous
   * validator blocks the workflow. While an activity runs its result is not known yet (a rep may accept before the activity that
   * mailed the brief has ended). Then the command is taken in, and the activity that carries it out judges it under the lead's lock.
   */
  private refuseWhatCannotBe(command: LeadCommand): void {
    const underWay = 'assignmentId' in command ? this.inbox.decisionOn(command.assignmentId) : undefined;
    if (underWay !== undefined && underWay.commandId !== command.commandId) {
      throw ApplicationFailure.nonRetryable(
        'Somebody else is deciding on this assignment right now.',
        'ASSIGNMENT_TAKEN',
      );
    }
    if (this.standing === null || this.isActing) return;
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

  /** Takes note of what came in, performs what is due, and learns where the lead stands afterwards. */
  async performStep(): Promise<void> {
    const summary = this.standing === null ? 'See where the lead stands' : stepSummary(this.standing);
    await this.do((at) => perform(summary).performStep(at));
  }

  async handOver(): Promise<void> {
    const summary = this.next.kind === 'offer' ? 'Offer to a rep' : 'Go on with the hand-off';
    await this.do((at) => perform(summary).handOver(at));
  }

  /**
   * Waits until something is due or comes in, and carries out commands. Returns whether there is something to perform: false when
   * only commands came in. They may have changed where the lead stands.
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

  /**
   * What a person decided about the lead, if that is what came in. A process that is begun by it carries it out before clocks that ran out while
   * no process ran, as one that runs does: otherwise the lead would be offered to the next rep for a moment, who would be told of it, and
   * whoever decided on an offer that nobody else got would be refused.
   */
  get decisionThatCame(): 'hand-over' | 'decision' | null {
    const kind = this.inbox.nextCommand?.command.kind;
    if (kind === undefined || !DECISIONS.has(kind)) return null;
    return kind === 'reroute' ? 'hand-over' : 'decision';
  }

  /** Returns whether there was any. */
  async carryOutCommands(): Promise<boolean> {
    let any = false;
    for (let pending = this.inbox.nextCommand; pending !== undefined; pending = this.inbox.nextCommand) {
      any = true;
      await this.carryOut(pending);
    }
    return any;
  }

  private async carryOut(pending: NonNullable<Inbox['nextCommand']>): Promise<void> {
    const { command } = pending;
    let verdict: Verdict = {
      ok: false,
      code: 'INTERNAL',
      message: 'The command could not be carried out; the lead is held.',
    };
    try {
      await this.do(async (at) => {
        const done = await perform(`Command: ${command.kind}`).carryOut({ ...at, command });
        verdict = done.verdict;
        return done.standing;
      }, NO_BELLS);
    } finally {
      this.inbox.answer(pending, verdict);
    }
    // While the lead was paused or held, bells were heard without any action. This one makes the process look again.
    if (command.kind === 'resume') this.inbox.ring({ outboxId: `resumed-${command.commandId}`, reason: 'resumed' });
  }

  /**
   * Runs one activity and learns where the lead stands afterwards. An activity that takes bells out of the inbox must act on
   * everything they may announce. A command does not do that, so it leaves the bells for the next look.
   */
  private async do(act: (at: At) => Promise<Standing>, heard: readonly string[] = this.inbox.hear()): Promise<void> {
    const at = { leadId: this.leadId, atMs: Date.now(), heard };
    let standing: Standing;
    this.isActing = true;
    try {
      standing = await act(at);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      standing = await hold({ ...at, atMs: Date.now(), reason: reasonOf(error) });
    } finally {
      this.isActing = false;
    }
    this.see(standing);
  }

  private see(standing: Standing): void {
    this.standing = standing;
    setCurrentDetails(detailsOf(this.leadId, standing));
    if (this.shown !== null) this.shown = upsertWhatDiffers(this.shown, standing);
    else showAttributes(this.published, standing);
    this.published = standing;
  }

  /**
   * Carries out every command that came in, and waits until its caller has the verdict: the run must not end before. Waiting for
   * the handlers alone would never end, because the handlers wait for what happens here.
   */
  async answerCallers(): Promise<void> {
    do {
      await this.carryOutCommands();
      await condition(() => allHandlersFinished() || this.inbox.nextCommand !== undefined);
    } while (this.inbox.nextCommand !== undefined);
  }

  /**
   * True when nothing is scheduled, nothing has come in, nobody waits, and the clock is real time. Ask this right before
   * returning, with no `await` in between: a bell that arrives in between would be lost. A bell that comes later starts the
   * process again.
   */
  get mayEnd(): boolean {
    return this.next.kind === 'nothing' && !this.now.forwarded && this.inbox.isEmpty && allHandlersFinished();
  }

  /** Also true for a forwarded run: its virtual time and a running fast-forward carry over to the next run (see test/crash). */
  get shouldStartAfresh(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAsNewSuggested || historyLength > LONG_HISTORY;
  }

  /** Ends this run and continues in a new one, with the rings that came in. Call it right after `answerCallers` (see `mayEnd`). */
  startAfresh(): Promise<never> {
    return continueAsNew<(input: LeadInput) => Promise<void>>({ leadId: this.leadId, ...this.inbox.forNextRun() });
  }
}

function stepSummary(standing: Standing): string {
  const { next } = standing;
  return next.kind === 'step' && next.stepId !== LOOK ? `Perform ‘${next.stepId}’` : 'See where the lead stands';
}

function reasonOf(error: ActivityFailure): string {
  const cause = error.cause;
  if (cause instanceof ApplicationFailure) return `${cause.type ?? 'ERROR'}: ${cause.message}`;
  return cause?.message ?? error.message;
}
