/** The command `outcome`: what became of a lead that sales has. */
import { actorHandle } from '../domain/actor.ts';
import { isLive } from '../domain/assignment.ts';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import { type RejectFollow, type RejectReason, reasonMisfit } from '../domain/reasons.ts';
import { followUp, keepCustomer } from './after-need.ts';
import { changeAssignment } from './assignment.ts';
import { acceptFor, sentBack } from './decided.ts';
import { closeNeed, recycle } from './need.ts';
import type { Turn } from './turn.ts';
import { done, invalid } from './verdict.ts';

type Outcome = Extract<LeadCommand, { kind: 'outcome' }>;

export async function recordOutcome(turn: Turn, command: Outcome): Promise<Verdict> {
  const reason = turn.playbook.reasons.find((one) => one.reason === command.reason);
  const misfit = reason === undefined ? null : reasonMisfit(reason, command.result);
  if (misfit !== null) return invalid(misfit);
  const { needId } = command;
  if (needId !== undefined && needId !== turn.picture.need?.id) return recordEarlierSale(turn, command, needId);
  if (needId !== undefined && turn.stage !== 'customer') return invalid('This need is open: leave out its id.');
  if (turn.stage === 'customer') return recordAfterSale(turn, command);
  if (command.result === 'back-to-nurture') {
    const recycling = recyclingReason(turn, command.reason);
    if (recycling === undefined) return notRecycling(turn);
    noteOutcome(turn, command);
    return backToNurture(turn, command, recycling);
  }
  noteOutcome(turn, command, command.result === 'won' ? expectedValue(turn, command) : {});
  await takeUp(turn, command);
  switch (command.result) {
    case 'opportunity':
      turn.changeNeed({ waitingBecause: null });
      turn.changeStage('opportunity', command.funnelStage ?? 'the rep sees an opportunity');
      return done(turn, 'Recorded as an opportunity.');
    case 'won':
      closeNeed(turn, 'customer', 'won', command.reason ?? null, command.actor);
      if (await keepCustomer(turn)) return done(turn, KEPT);
      await followUp(turn, cadenceAfter(reason) ?? turn.playbook.wonCadence, 'the need was won');
      return done(turn, 'Won: the need is satisfied.');
    case 'lost':
    case 'no-need':
      closeNeed(turn, 'no-need', command.result, command.reason ?? null, command.actor);
      await followUp(turn, cadenceAfter(reason), reason === undefined ? 'closed' : `closed: ${reason.reason}`);
      return done(turn, 'Closed.');
  }
}

const KEPT = 'Won, and a need to be kept as a customer is open.';

/** Recording an outcome accepts the lead, also without an explicit accept. */
async function takeUp(turn: Turn, command: Outcome): Promise<void> {
  const { assignment } = turn.picture;
  if (assignment?.status === 'offered') await acceptFor(turn, assignment, actorHandle(command.actor));
  else if (assignment?.status === 'accepted')
    changeAssignment(turn, assignment, { lastActivityAt: turn.at, stuckAt: null });
}

/** The sale goes on: ordered, paid, delivered. The need stays won. */
async function recordAfterSale(turn: Turn, command: Outcome): Promise<Verdict> {
  if (command.funnelStage === undefined && command.valueMinor === undefined) return invalid(SAYS_NOTHING);
  noteOutcome(turn, command);
  if (await keepCustomer(turn)) return done(turn, KEPT);
  return done(turn, 'Recorded.');
}

const SAYS_NOTHING = 'The sale is won already: say which stage of the funnel it has come to, or another value.';

/** The sale of a need before the current one goes on. As long as another need follows it, it opens none to be kept as a customer. */
async function recordEarlierSale(turn: Turn, command: Outcome, needId: string): Promise<Verdict> {
  if (command.funnelStage === undefined && command.valueMinor === undefined) return invalid(SAYS_NOTHING);
  const earlier = await turn.tx.need.findFirst({ where: { id: needId, leadId: turn.lead.id, outcome: 'won' } });
  if (earlier === null) return invalid('There is no need of this lead with this id that was won.');
  const { data, patch } = statedIn(command);
  turn.note({ action: 'outcome.recorded', data: { ...data, needId } }, command.actor);
  turn.send(turn.tx.need.update({ where: { id: needId }, data: patch }));
  const { funnelStage } = command;
  if (funnelStage !== undefined && funnelStage !== earlier.funnelStage) turn.cameTo(needId, funnelStage);
  return done(turn, 'Recorded: the earlier sale goes on. The need that came after it stays as it is.');
}

/** What follows a need that ended with this reason. */
function cadenceAfter(reason: RejectReason | undefined): string | undefined {
  if (reason === undefined) return undefined;
  const { follow } = reason;
  return follow.kind === 'won' || follow.kind === 'lost' || follow.kind === 'no-need' ? follow.cadence : undefined;
}

/** Writes what the rep states to the timeline and into the need. @param counts What counts with it, for the timeline alone */
function noteOutcome(turn: Turn, command: Outcome, counts: ReturnType<typeof expectedValue> = {}): void {
  const { data, patch } = statedIn(command);
  turn.note({ action: 'outcome.recorded', data: { ...data, ...counts } }, command.actor);
  turn.changeNeed(patch);
}

/** The value that a sale counts with where nobody states another. */
function expectedValue({ picture: { need } }: Turn, { valueMinor }: Outcome) {
  if (valueMinor !== undefined || !need || need.valueMinor === null || need.currency === null) return {};
  return { valueMinor: Number(need.valueMinor), currency: need.currency, isExpected: true };
}

/** What the rep states: for the timeline, and for the need. */
function statedIn({ result, reason, funnelStage, valueMinor, currency }: Outcome) {
  const stated = {
    ...(currency === undefined ? {} : { currency }),
    ...(funnelStage === undefined ? {} : { funnelStage }),
  };
  const value = valueMinor === undefined ? {} : { valueMinor };
  return {
    data: { result, ...value, ...stated, ...(reason === undefined ? {} : { reason }) },
    patch: { ...(valueMinor === undefined ? {} : { valueMinor: BigInt(valueMinor) }), ...stated },
  };
}

/** The given reason, if it recycles; without one, the first reason that recycles. */
function recyclingReason(turn: Turn, key: string | undefined): RecyclingReason | undefined {
  return turn.playbook.reasons.filter(recycles).find(({ reason }) => key === undefined || key === reason);
}

function notRecycling(turn: Turn): Verdict {
  const keys = turn.playbook.reasons.filter(recycles).map(({ reason }) => reason);
  return invalid(`Give a reason that sends back to nurture, one of: ${keys.join(', ')}.`);
}

async function backToNurture(turn: Turn, command: Outcome, reason: RecyclingReason): Promise<Verdict> {
  const { assignment } = turn.picture;
  if (assignment !== null && isLive(assignment.status)) {
    sentBack(turn, assignment, command, reason.reason);
    turn.changeNeed({ ownerId: assignment.repId });
  }
  await recycle(turn, reason.follow, reason.reason);
  return done(turn, 'Sent back to the nurture pool.');
}

type RecyclingReason = RejectReason & { follow: Extract<RejectFollow, { kind: 'recycle' }> };

function recycles(reason: RejectReason): reason is RecyclingReason {
  return reason.follow.kind === 'recycle';
}
