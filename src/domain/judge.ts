import { isLive } from './assignment.ts';
import type { Actor, LeadCommand, Verdict } from './commands.ts';
import { isClosed, isInNurturePool } from './stage.ts';
import type { Standing } from './standing.ts';

export type Refusal = Extract<Verdict, { ok: false }>;

/**
 * Whether a command is possible as the lead stands; null when it is. The process asks before it takes a command in (so a
 * refused one leaves no trace in the history), the activity asks again under the lead's lock.
 */
export function judge(standing: Standing, command: LeadCommand): Refusal | null {
  switch (command.kind) {
    case 'accept':
    case 'reject':
      return judgeDecision(standing, command);
    case 'reroute':
      return judgeReroute(standing, command);
    case 'enroll':
      if (isInNurturePool(standing.stage) || standing.stage === 'customer' || standing.stage === 'no-need') return null;
      return refuse(
        'STAGE_FORBIDS',
        `A lead in stage ${standing.stage} cannot be enrolled: sales has it, or it is out.`,
      );
    case 'pause':
      return standing.paused ? refuse('CONFLICT', 'The lead is paused already.') : null;
    case 'resume':
      return standing.paused || standing.held ? null : refuse('CONFLICT', 'The lead is neither paused nor held.');
    case 'disqualify':
      return standing.stage === 'disqualified' ? refuse('STAGE_FORBIDS', 'The lead is disqualified already.') : null;
    case 'outcome':
      return judgeOutcome(standing, command);
  }
}

type Decision = Extract<LeadCommand, { kind: 'accept' | 'reject' }>;

function judgeDecision(standing: Standing, command: Decision): Refusal | null {
  const assignment = standing.assignment;
  if (assignment === null || assignment.id !== command.assignmentId) {
    return refuse('ASSIGNMENT_TAKEN', 'This assignment is over: the lead was offered to somebody else, or closed.');
  }
  if (!mayDecide(command.actor, assignment.repId)) {
    return refuse('NOT_YOUR_ASSIGNMENT', 'This lead was offered to another rep; a manager may decide in their place.');
  }
  if (isClosed(standing.stage))
    return refuse('STAGE_FORBIDS', `There is nothing to decide: the need is closed (${standing.stage}).`);
  if (assignment.status === 'offered') return null;
  if (command.kind === 'reject' && assignment.status === 'accepted') return null;
  return refuse('ASSIGNMENT_TAKEN', `This assignment was ${assignment.status} already.`);
}

function judgeReroute(standing: Standing, command: Extract<LeadCommand, { kind: 'reroute' }>): Refusal | null {
  const assignment = standing.assignment;
  if (assignment === null || assignment.id !== command.assignmentId) {
    return refuse('ASSIGNMENT_TAKEN', 'This is not the latest assignment of the lead.');
  }
  if (!mayDecide(command.actor, assignment.repId)) {
    return refuse('NOT_YOUR_ASSIGNMENT', 'Only the rep it was offered to or a manager may reroute a lead.');
  }
  if (!isLive(assignment.status) && !isManager(command.actor)) {
    return refuse('NOT_YOUR_ASSIGNMENT', 'The rep it was offered to has let it go: a manager decides who gets it now.');
  }
  const reroutable = standing.stage === 'qualified' || standing.stage === 'assigned' || standing.stage === 'accepted';
  return reroutable ? null : refuse('STAGE_FORBIDS', `A lead in stage ${standing.stage} cannot be rerouted.`);
}

function judgeOutcome(standing: Standing, command: Extract<LeadCommand, { kind: 'outcome' }>): Refusal | null {
  if (isClosed(standing.stage) || isInNurturePool(standing.stage)) {
    return refuse(
      'STAGE_FORBIDS',
      `There is nothing to conclude: the lead is in stage ${standing.stage}, not with sales.`,
    );
  }
  const repId = standing.assignment?.repId ?? standing.ownerId;
  if (repId === null || mayDecide(command.actor, repId)) return null;
  return refuse('NOT_YOUR_ASSIGNMENT', 'Only the owner of the lead or a manager may record its outcome.');
}

function mayDecide(actor: Actor, repId: string): boolean {
  return isManager(actor) || (actor.kind === 'rep' && actor.repId === repId);
}

function isManager(actor: Actor): boolean {
  return actor.kind === 'system' || actor.manager;
}

function refuse(code: Refusal['code'], message: string): Refusal {
  return { ok: false, code, message };
}
