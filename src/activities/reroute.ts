import { actorHandle } from '../domain/actor.ts';
import { isLive } from '../domain/assignment.ts';
import type { Verdict } from '../domain/commands.ts';
import type { Rep } from '../store/generated/client.ts';
import { isActiveRep } from '../store/process/reps.ts';
import { changeAssignment } from './assignment.ts';
import { offerDecided } from './decided.ts';
import { gather } from './gathered-brief.ts';
import { offer, offerToRep, offerToTeam } from './offer.ts';
import { type HandOver, takeOver, takerOf } from './take-over.ts';
import { NOT_WAITING, type Turn } from './turn.ts';
import { turnAmong } from './turn-among.ts';
import { done, invalid } from './verdict.ts';

/** Tele-sales has completed what is known: the lead goes to the field by the rules, as a hand-off of its own with its own clocks. */
async function qualifyOn(turn: Turn, command: HandOver): Promise<Verdict> {
  const { assignment, need } = turn.picture;
  endAssignment(turn, command);
  const from = assignment?.team ?? '';
  turn.note(
    {
      action: 'assignment.rerouted',
      data: { ...(assignment !== null && { assignmentId: assignment.id }), qualifiedOn: true },
    },
    command.actor,
  );
  turn.changeNeed({ ...NOT_WAITING, ownerId: null, waitingBecause: null });
  turn.changeLead({ ownerId: null });
  turn.changeStage('qualified', `first contact made by team ‘${from}’: qualified on`);
  if (need !== null) await offer(turn);
  if (turn.stage === 'assigned') return done(turn, 'Qualified on: the rep is being told.');
  return done(turn, 'Qualified on: it is offered as soon as there is a way.');
}

function endAssignment(turn: Turn, command: HandOver): void {
  const { assignment } = turn.picture;
  if (assignment === null || !isLive(assignment.status)) return;
  const by = actorHandle(command.actor);
  changeAssignment(turn, assignment, {
    // A rep who passes an offer on has decided; a manager who gives it to somebody else decides in nobody's place.
    ...(by === assignment.repId ? offerDecided(turn, assignment) : {}),
    status: 'rerouted',
    decidedAt: turn.at,
    decidedBy: by,
    noteId: command.noteId ?? null,
    briefDueAt: null,
  });
}

async function toAnother(turn: Turn, command: HandOver, teamKey: string, rep: Rep | null): Promise<Verdict> {
  const taker = await takerOf(turn, teamKey, rep);
  if (typeof taker === 'string') return invalid(taker);
  const { assignment } = turn.picture;
  endAssignment(turn, command);
  const to = { team: teamKey, repId: taker.rep.id };
  const from = assignment === null ? {} : { assignmentId: assignment.id };
  turn.note({ action: 'assignment.rerouted', data: { ...from, ...to } }, command.actor);
  return takeOver(turn, command, taker);
}

/** A person says to which team or rep the lead goes, whoever has it; also one that was offered to nobody yet. */
export async function reroute(turn: Turn, command: HandOver): Promise<Verdict> {
  const { assignment: before } = turn.picture;
  const verdict = await toWhom(turn, command);
  const { assignment } = turn.picture;
  const isNew = assignment !== null && assignment.id !== before?.id;
  if (isNew && command.handOverId !== undefined) await gather(turn, assignment, command.handOverId);
  return verdict;
}

/** The lead goes to whose turn it is among several reps; while it can go to none of them, it stays where it is. */
async function toOneOf(turn: Turn, command: HandOver, repIds: readonly string[]): Promise<Verdict> {
  const rep = await turnAmong(turn, repIds);
  if (rep === null)
    return invalid(
      'None of the chosen reps can get it: each is away or switched off, has no room, has it, or refused it.',
    );
  const { repIds: _, ...rest } = command;
  const { assignment } = turn.picture;
  const team = rep.teams.find((one) => one === assignment?.team) ?? rep.teams[0];
  return toWhom(turn, { ...rest, repId: rep.id, ...(team !== undefined && { team }) });
}

/** Also when no team is named: the rep has it in one. */
function hasIt({ picture: { assignment } }: Turn, rep: Rep, team: string | undefined): boolean {
  if (assignment === null || !isLive(assignment.status) || assignment.repId !== rep.id) return false;
  return team === undefined || team === assignment.team;
}

async function toWhom(turn: Turn, command: HandOver): Promise<Verdict> {
  if (command.repIds !== undefined) return toOneOf(turn, command, command.repIds);
  const rep = command.repId === undefined ? null : await turn.tx.rep.findUnique({ where: { id: command.repId } });
  if (command.repId !== undefined && (rep === null || !isActiveRep(rep)))
    return invalid('There is no active rep with this handle.');
  if (command.team === undefined && rep === null && turn.stage === 'qualifying') return qualifyOn(turn, command);
  const teamKey = command.team ?? rep?.teams[0];
  if (teamKey === undefined) return invalid('Give a team or a rep to reroute to.');
  if (!turn.playbook.routing.teams.some(({ team }) => team === teamKey))
    return invalid(`There is no team ‘${teamKey}’.`);
  const { assignment } = turn.picture;
  if (rep !== null && rep.id === assignment?.repId && assignment.status === 'rejected')
    return invalid('This rep refused the lead: choose another.');
  if (rep !== null && turn.stage !== 'opportunity' && hasIt(turn, rep, command.team))
    return invalid(`${rep.id} has it already: nothing changed.`);
  if (turn.stage === 'opportunity') return toAnother(turn, command, teamKey, rep);
  endAssignment(turn, command);
  turn.note(
    {
      action: 'assignment.rerouted',
      data: {
        ...(assignment !== null && { assignmentId: assignment.id }),
        team: teamKey,
        ...(rep === null ? {} : { repId: rep.id }),
      },
    },
    command.actor,
  );
  turn.changeNeed({ ...NOT_WAITING, ownerId: null, waitingBecause: null });
  turn.changeStage('qualified', 'rerouted');
  if (rep === null) await offerToTeam(turn, teamKey, 'rerouted');
  else await offerToRep(turn, teamKey, 'rerouted', rep);
  if (turn.stage === 'assigned') return done(turn, 'Rerouted: the next rep is being told.');
  const waits = turn.picture.need?.waitingFor ?? null;
  return done(
    turn,
    waits === null ? 'Nobody of that team is left to offer it to.' : 'It waits for a rep of that team.',
  );
}
