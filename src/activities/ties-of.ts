import type { Actor } from '../domain/actor.ts';
import { isLive } from '../domain/assignment.ts';
import { type LeadTies, managesTeams } from '../domain/policy.ts';
import { isInNurturePool } from '../domain/stage.ts';
import type { Turn } from './turn.ts';

/** Whose the lead is, as the turn has it under the lead's lock. Only for a manager of teams does it matter which the owner is in. */
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
