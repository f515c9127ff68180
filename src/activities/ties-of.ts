import type { Actor } from '../domain/actor.ts';
import { type LeadTies, managesTeams, tiesFrom } from '../domain/policy.ts';
import type { Turn } from './turn.ts';

/**
 * The owner of the lead and its hand-off, as read under the lead's lock. The owner's teams are read only when the actor manages
 * teams.
 */
export async function tiesOf(turn: Turn, actor: Actor): Promise<LeadTies> {
  const { lead, assignment, need } = turn.picture;
  const { id: leadId, ownerId } = lead;
  const owner =
    ownerId !== null && managesTeams(actor) ? await turn.tx.rep.findUnique({ where: { id: ownerId } }) : null;
  return tiesFrom({
    leadId,
    stage: turn.stage,
    ownerId,
    ownerTeams: owner?.teams ?? [],
    assignment,
    waitingTeam: need?.waitingTeam ?? null,
  });
}
