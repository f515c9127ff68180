import { isLive } from './assignment.ts';
import type { LeadCommand, Verdict } from './commands.ts';
import { denialOf, type LeadTies, managesTeams, tiesFrom } from './policy.ts';
import { isClosed, isInNurturePool } from './stage.ts';
import type { Standing } from './standing.ts';

export type Refusal = Extract<Verdict, { ok: false }>;

/**
 * The reason why a command may not be carried out now; null when it may. The policy decides whether the actor may give the
 * command. This file decides whether the state of the lead allows it. The process asks before it accepts a command, so a refused
 * command leaves no trace in the history. The activity asks again under the lead's lock.
 *
 * @param ties The owner of the lead and their teams, as read under the lead's lock. The process knows only its standing, and no
 *   teams. It lets a manager of teams in, and the activity decides.
 */
export function judge(standing: Standing, command: LeadCommand, ties?: LeadTies): Refusal | null {
  // The process does not know what came between an assignment and the latest: of a reroute the activity decides (`evenIfPassedOn`).
  const over = ties === undefined && command.kind === 'reroute' ? null : isOver(standing, command);
  if (over !== null) return asItStands(over, standing);
  const denied = deny(standing, command, ties);
  if (denied !== null) return denied;
  const impossible = isImpossible(standing, command);
  return impossible === null ? null : asItStands(impossible, standing);
}

/** Who was too late is told how it stands now. The owner is named by a handle: whoever shows the sentence puts the name in its place. */
function asItStands({ code, message }: Refusal, { stage, ownerId }: Standing): Refusal {
  return refuse(
    code,
    `${message} Now it is in stage ${stage}, ${ownerId === null ? 'with nobody' : `with ${ownerId}`}.`,
  );
}

/** An assignment that is over is refused as over, even when it belongs to another rep. */
function isOver(standing: Standing, command: LeadCommand): Refusal | null {
  if (!('assignmentId' in command)) return null;
  const { assignment } = standing;
  if (assignment === null || assignment.id !== command.assignmentId) {
    return refuse(
      'ASSIGNMENT_TAKEN',
      command.kind === 'reroute'
        ? 'This is not the latest assignment of the lead.'
        : 'This assignment is over: the lead was offered to another rep, or its need was closed.',
    );
  }
  // A manager may reroute an assignment that the rep refused or missed. So an ended assignment can still be rerouted.
  if (command.kind === 'reroute' || isLive(assignment.status)) return null;
  return refuse('ASSIGNMENT_TAKEN', `This assignment was ${assignment.status} already.`);
}

function deny(standing: Standing, { actor, kind }: LeadCommand, ties: LeadTies | undefined): Refusal | null {
  if (ties === undefined && managesTeams(actor)) return null;
  const denial = denialOf(actor, kind, ties ?? tiesKnownTo(standing));
  return denial === null ? null : refuse(denial.code, `${denial.message}.`);
}

/** As far as the process knows them: it knows no teams. */
function tiesKnownTo({ stage, ownerId, assignment }: Standing): LeadTies {
  const latest = assignment === null ? null : { ...assignment, team: '' };
  return tiesFrom({ leadId: '', stage, ownerId, ownerTeams: [], assignment: latest, waitingTeam: null });
}

function isImpossible(standing: Standing, command: LeadCommand): Refusal | null {
  switch (command.kind) {
    case 'accept':
    case 'reject':
      return judgeDecision(standing, command.kind);
    case 'route':
    case 'reroute': {
      const { stage } = standing;
      const reroutable = ['qualified', 'assigned', 'qualifying', 'accepted', 'opportunity'].includes(stage);
      return reroutable ? null : refuse('STAGE_FORBIDS', `A lead in stage ${stage} cannot be handed over.`);
    }
    case 'enroll':
      if (isInNurturePool(standing.stage) || standing.stage === 'customer' || standing.stage === 'no-need') return null;
      return refuse(
        'STAGE_FORBIDS',
        `A lead in stage ${standing.stage} cannot be enrolled: it is with sales, or disqualified.`,
      );
    case 'pause':
      return standing.paused ? refuse('CONFLICT', 'The lead is paused already.') : null;
    case 'resume':
      return standing.paused || standing.held ? null : refuse('CONFLICT', 'The lead is neither paused nor held.');
    case 'disqualify':
      return standing.stage === 'disqualified' ? refuse('STAGE_FORBIDS', 'The lead is disqualified already.') : null;
    case 'reopen':
      if (standing.stage === 'disqualified') return null;
      return refuse('STAGE_FORBIDS', `Only a disqualified lead is re-opened: this one is in stage ${standing.stage}.`);
    case 'outcome':
      // Whether that need was won is known to the activity alone.
      if (command.needId !== undefined)
        return command.result === 'won'
          ? null
          : refuse('STAGE_FORBIDS', 'An earlier need has its outcome: only a sale that was won goes on.');
      // After the sale: the funnel goes on.
      if (standing.stage === 'customer' && command.result === 'won') return null;
      if (!isClosed(standing.stage) && !isInNurturePool(standing.stage)) return null;
      return refuse(
        'STAGE_FORBIDS',
        `There is no outcome to record: the lead is in stage ${standing.stage}, not with sales.`,
      );
  }
}

function judgeDecision({ stage, assignment }: Standing, kind: 'accept' | 'reject'): Refusal | null {
  if (isClosed(stage)) return refuse('STAGE_FORBIDS', `There is nothing to decide: the need is closed (${stage}).`);
  return kind === 'accept' && assignment?.status === 'accepted'
    ? refuse('ASSIGNMENT_TAKEN', 'This assignment was accepted already.')
    : null;
}

function refuse(code: Refusal['code'], message: string): Refusal {
  return { ok: false, code, message };
}
