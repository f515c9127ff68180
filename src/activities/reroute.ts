import { actorHandle } from '../domain/actor.ts';
import { isLive } from '../domain/assignment.ts';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import { isActiveRep } from '../store/process/reps.ts';
import { changeAssignment } from './assignment.ts';
import { offerToRep, offerToTeam } from './offer.ts';
import { NOT_WAITING, type Turn } from './turn.ts';
import { done, invalid } from './verdict.ts';

/** A person says to which team or rep the lead goes, whoever has it; also one that was offered to nobody yet. */
export async function reroute(
  turn: Turn,
  command: Extract<LeadCommand, { kind: 'route' | 'reroute' }>,
): Promise<Verdict> {
  const rep = command.repId === undefined ? null : await turn.tx.rep.findUnique({ where: { id: command.repId } });
  if (command.repId !== undefined && (rep === null || !isActiveRep(rep)))
    return invalid('There is no active rep with this handle.');
  const teamKey = command.team ?? rep?.teams[0];
  if (teamKey === undefined) return invalid('Give a team or a rep to reroute to.');
  if (!turn.playbook.routing.teams.some(({ team }) => team === teamKey))
    return invalid(`There is no team ‘${teamKey}’.`);
  const { assignment } = turn.picture;
  if (rep !== null && rep.id === assignment?.repId && assignment.status === 'rejected')
    return invalid('This rep refused the lead: choose another.');
  if (assignment !== null && isLive(assignment.status)) {
    changeAssignment(turn, assignment, {
      status: 'rerouted',
      decidedAt: turn.at,
      decidedBy: actorHandle(command.actor),
      noteId: command.noteId ?? null,
      briefDueAt: null,
    });
  }
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
