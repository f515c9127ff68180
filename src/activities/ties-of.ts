import type { Actor } from '../domain/actor.ts';
import { isLive } from '../domain/assignment.ts';
import { type LeadTies, managesTeams } from '../domain/policy.ts';
import { isInNurturePool } from '../domain/stage.ts';
import type { Turn } from './turn.ts';

/**
 * The owner of the lead and its hand-off, as read under the lead's lock. The owner's teams are read only when the actor manages
 * teams.
 */
export async function tiesOf(turn: Turn, actor: Actor): Promise<LeadTies> {
  const { lead, assignment } = turn.picture;
  const { id: leadId, ownerId } = lead;
  const owner =
    ownerId !== null && managesTeams(actor) ? await turn.tx.rep.findUnique({ where: { id: ownerId } }) : null;
  const handOff =
    assignment === null || isInNurturePool(turn.stage)
      ? null
      : {
          id: assignment.id,
          repId: assignment.repId,
          team: assignment.team,
          isLive: isLive(assignment.status),
        };
  return { leadId, ownerId, ownerTeams: owner?.teams ?? [], handOff };
}
