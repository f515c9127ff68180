import { type Actor, actorHandle } from '../domain/actor.ts';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import { judge } from '../domain/judge.ts';
import { noteMissing } from '../domain/reason-words.ts';
import { reasonMisfit, type RejectReason } from '../domain/reasons.ts';
import { sentBackBecause } from '../domain/sent-back.ts';
import { reached } from '../runtime/race-points.ts';
import { endTasksOfTurn } from '../store/process/tasks.ts';
import { enrollByCommand } from './enroll-by-command.ts';
import { followUp } from './after-need.ts';
import { restartClocks } from './assignment.ts';
import { acceptFor, noteAccepted, sentBack } from './decided.ts';
import { reopen } from './reopen.ts';
import { reroute } from './reroute.ts';
import { closeNeed, recycle } from './need.ts';
import { recordOutcome } from './outcome.ts';
import { dueAfresh, pause } from './pause.ts';
import { evenIfPassedOn } from './passed-on.ts';
import { standingOf } from './standing-of.ts';
import { takeIn } from './take-in.ts';
import { tiesOf } from './ties-of.ts';
import type { Turn } from './turn.ts';
import { done, invalid } from './verdict.ts';

type Of<K extends LeadCommand['kind']> = Extract<LeadCommand, { kind: K }>;
type Assigned = NonNullable<Turn['picture']['assignment']>;

/** Carries out a command under the lead's lock and stores its verdict, so that the same command id never acts twice. */
export async function decide(turn: Turn, given: LeadCommand): Promise<Verdict> {
  const before = await turn.tx.command.findUnique({ where: { id: given.commandId } });
  if (before !== null) return before.verdict as unknown as Verdict;
  if (turn.claimed === null) await takeIn(turn);
  turn.actor = given.actor;
  const command = await evenIfPassedOn(turn, given);
  const refusal = judge(standingOf(turn), command, await tiesOf(turn, command.actor));
  await reached('command.judged', turn.lead.id);
  const verdict = refusal ?? (await execute(turn, command));
  await turn.tx.command.create({
    data: {
      id: command.commandId,
      leadId: turn.lead.id,
      kind: command.kind,
      actor: actorHandle(command.actor),
      verdict: { ...verdict },
      occurredAt: turn.at,
    },
  });
  return verdict;
}

async function execute(turn: Turn, command: LeadCommand): Promise<Verdict> {
  switch (command.kind) {
    case 'accept':
      return accept(turn, command);
    case 'reject':
      return reject(turn, command);
    case 'route':
    case 'reroute':
      return reroute(turn, command);
    case 'enroll':
      return enrollByCommand(turn, command);
    case 'pause':
      await pause(turn, command);
      return done(turn, 'Paused: nothing is sent or offered until it is resumed.');
    case 'resume':
      return resume(turn, command);
    case 'disqualify':
      closeNeed(turn, 'disqualified', 'disqualified', command.reason, command.actor);
      return done(turn, 'Disqualified: nothing is sent any more.');
    case 'reopen':
      return reopen(turn, command);
    case 'outcome':
      return recordOutcome(turn, command);
  }
}

/** The assignment that the command names. `judge` has made sure that there is one. */
function assigned(turn: Turn): Assigned {
  const { assignment } = turn.picture;
  if (assignment === null) throw new Error('A decision without an assignment');
  return assignment;
}

async function accept(turn: Turn, command: Of<'accept'>): Promise<Verdict> {
  await acceptFor(turn, assigned(turn), actorHandle(command.actor));
  noteAccepted(turn, assigned(turn), command.actor);
  if (turn.stage === 'qualifying')
    return done(turn, 'Accepted: complete what is known of the need, then qualify it on, send it back or close it.');
  const isTheirs = actorHandle(command.actor) === assigned(turn).repId;
  return done(
    turn,
    isTheirs ? 'Accepted: the lead is yours.' : 'Accepted: the lead belongs to the rep it was offered to.',
  );
}

async function reject(turn: Turn, command: Of<'reject'>): Promise<Verdict> {
  const reason = reasonOf(turn, command.reason);
  if (reason === undefined) return unknownReason(turn, command.reason);
  const misfit = reasonMisfit(reason, 'reject');
  if (misfit !== null) return invalid(misfit);
  if (reason.note === 'required' && command.noteId === undefined) return invalid(noteMissing(reason));
  const assignment = assigned(turn);
  sentBack(turn, assignment, command, reason.reason);
  turn.note(
    {
      action: 'assignment.rejected',
      data: {
        assignmentId: assignment.id,
        repId: assignment.repId,
        reason: reason.reason,
        follow: reason.follow.kind,
        playbook: turn.rules.revision,
        ...(command.noteId === undefined ? {} : { noteId: command.noteId }),
      },
    },
    command.actor,
  );
  return followReason(turn, reason, assignment.repId, command.actor);
}

async function followReason(
  turn: Turn,
  { reason, follow }: RejectReason,
  repId: string,
  actor: Actor,
): Promise<Verdict> {
  switch (follow.kind) {
    case 'recycle':
      // When the lead is ready again, it goes to the rep who knows it.
      turn.changeNeed({ ownerId: repId });
      await recycle(turn, follow, reason);
      return done(turn, 'Sent back to the nurture pool.');
    case 'reroute': {
      turn.send(endTasksOfTurn(turn.tx, turn.lead.id, turn.at));
      const because = sentBackBecause(reason);
      turn.changeNeed({ ownerId: null, waitingBecause: because });
      turn.changeLead({ ownerId: null });
      turn.changeStage('qualified', because);
      return done(turn, 'Waits for a manager to put it on the right path.');
    }
    case 'no-need':
      closeNeed(turn, 'no-need', 'no-need', reason, actor);
      await followUp(turn, follow.cadence, `closed: ${reason}`);
      return done(turn, 'Closed: no need.');
    case 'disqualify':
      closeNeed(turn, 'disqualified', 'disqualified', reason, actor);
      return done(turn, 'Disqualified: nothing is sent any more.');
    case 'won':
    case 'lost':
      return invalid(`‘${reason}’ is a reason of an outcome.`);
  }
}

async function resume(turn: Turn, command: Of<'resume'>): Promise<Verdict> {
  if (turn.lead.heldAt !== null) turn.note({ action: 'lead.released', data: {} }, command.actor);
  if (turn.lead.pausedAt !== null) turn.note({ action: 'lead.resumed', data: {} }, command.actor);
  turn.changeLead({ pausedAt: null, pausedReason: null, heldAt: null, heldReason: null });
  await restartClocks(turn);
  dueAfresh(turn);
  return done(turn, 'Resumed: what fell due meanwhile is done now, within its send window.');
}

function reasonOf(turn: Turn, key: string): RejectReason | undefined {
  return turn.playbook.reasons.find((one) => one.reason === key);
}

function unknownReason(turn: Turn, key: string): Verdict {
  return invalid(
    `There is no reason ‘${key}’; use one of: ${turn.playbook.reasons.map((one) => one.reason).join(', ')}.`,
  );
}
