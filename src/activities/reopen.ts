/** The command `reopen`: a person says that a lead was disqualified by mistake. */
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import { isTeleSales } from '../domain/route.ts';
import { isActiveRep } from '../store/process/reps.ts';
import { changeAssignment, clocksOnceAccepted } from './assignment.ts';
import { openNeed } from './need.ts';
import type { Turn } from './turn.ts';
import { done } from './verdict.ts';

const BECAUSE = 're-opened by a person';

/**
 * The need is open again as it was: with the rep who had accepted it, or else in the nurture pool, armed as before. A need that had ended
 * otherwise before the lead was disqualified (a sale) stays history, and the lead gets another.
 */
export async function reopen(turn: Turn, command: Extract<LeadCommand, { kind: 'reopen' }>): Promise<Verdict> {
  const { noteId } = command;
  const { need } = turn.picture;
  const accepted = need?.outcome === 'disqualified' ? await acceptedBefore(turn) : null;
  const data = { ...(noteId !== undefined && { noteId }), ...(accepted !== null && { repId: accepted.repId }) };
  turn.note({ action: 'lead.reopened', data }, command.actor);
  if (need?.outcome !== 'disqualified') {
    await openNeed(turn, null, BECAUSE);
    return done(turn, 'Re-opened, with a new need: what it had before is history.');
  }
  turn.changeNeed({ outcome: null, outcomeReason: null, closedAt: null });
  turn.changeLead({ ownerId: null });
  if (accepted === null) {
    turn.changeLead({ armed: true });
    turn.changeStage('new', BECAUSE);
    return done(turn, 'Re-opened: it is in the nurture pool, as it was.');
  }
  changeAssignment(turn, accepted, { ...(await clocksOnceAccepted(turn, accepted)), closedAt: null });
  turn.changeNeed({ ownerId: accepted.repId });
  turn.changeLead({ ownerId: accepted.repId });
  turn.changeStage(stageWith(turn, accepted.team), BECAUSE);
  return done(turn, `Re-opened: ${accepted.repId} has it again.`);
}

/** The hand-off that was accepted, if its rep takes leads. */
async function acceptedBefore({ tx, picture: { assignment } }: Turn) {
  if (assignment?.status !== 'accepted') return null;
  const rep = await tx.rep.findUnique({ where: { id: assignment.repId } });
  return rep !== null && isActiveRep(rep) ? assignment : null;
}

function stageWith({ playbook: { routing }, picture: { need } }: Turn, team: string) {
  if (isTeleSales(routing, team)) return 'qualifying';
  return need !== null && need.funnelStage !== null ? 'opportunity' : 'accepted';
}
