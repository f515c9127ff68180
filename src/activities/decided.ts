/** How a decision ends or takes up the hand-off. */
import { type Actor, actorHandle } from '../domain/actor.ts';
import type { LeadCommand } from '../domain/commands.ts';
import { isTeleSales } from '../domain/route.ts';
import { changeAssignment, clocksOnceAccepted } from './assignment.ts';
import type { Turn } from './turn.ts';

type Assigned = NonNullable<Turn['picture']['assignment']>;

/** The rep of the assignment has the lead from now on. */
export async function acceptFor(turn: Turn, assignment: Assigned, by: string): Promise<void> {
  const decided = { status: 'accepted', decidedAt: turn.at, decidedBy: by, briefDueAt: null } as const;
  const clocks = await clocksOnceAccepted(turn, assignment);
  changeAssignment(turn, assignment, { ...decided, ...offerDecided(turn, assignment), ...clocks });
  turn.changeNeed({ ownerId: assignment.repId });
  turn.changeLead({ ownerId: assignment.repId });
}

/** The stage that an accepted lead comes to, and what the timeline says of it. */
export function noteAccepted(turn: Turn, { id, repId, team }: Assigned, actor: Actor): void {
  turn.note({ action: 'assignment.accepted', data: { assignmentId: id, repId } }, actor);
  const by = actorHandle(actor);
  if (isTeleSales(turn.playbook.routing, team))
    turn.changeStage('qualifying', `accepted by ${repId} for the first contact`);
  else turn.changeStage('accepted', by === repId ? `accepted by ${repId}` : `accepted for ${repId} by ${by}`);
}

/** Ends the hand-off: the rep sent the lead back, with a reason and perhaps a note. */
export function sentBack(
  turn: Turn,
  assignment: Assigned,
  { actor, noteId }: Extract<LeadCommand, { kind: 'reject' | 'outcome' }>,
  reason: string,
): void {
  changeAssignment(turn, assignment, {
    ...offerDecided(turn, assignment),
    status: 'rejected',
    decidedAt: turn.at,
    decidedBy: actorHandle(actor),
    reason,
    noteId: noteId ?? null,
    briefDueAt: null,
  });
}

/** An offer that a person decides on now. What was accepted before keeps the instant of that. */
export function offerDecided(turn: Turn, { status }: Assigned): { offerDecidedAt?: Date } {
  return status === 'offered' ? { offerDecidedAt: turn.at } : {};
}
