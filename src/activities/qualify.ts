import { isInNurturePool } from '../domain/stage.ts';
import { qualificationOf } from '../store/scoring/evaluate.ts';
import { leaveCadences } from './enrollment.ts';
import { endAtGoal } from './goals.ts';
import type { Turn } from './turn.ts';

/**
 * Takes a lead in the pool that has qualified out of its cadence, to be offered to a rep. Where what made it qualify is the goal of the cadence,
 * the goal is reached. Returns whether it did.
 */
export async function leaveIfQualified(turn: Turn): Promise<boolean> {
  if (!isInNurturePool(turn.stage) || !qualifies(turn)) return false;
  const { enrollment } = turn.picture;
  const goal = enrollment?.cadenceAsPinned.goal;
  if (enrollment !== null && goal !== undefined)
    endAtGoal(turn, enrollment, await turn.facts([goal.when]), 'qualified');
  leaveCadences(turn, 'qualified');
  turn.changeStage('qualified', `by ${turn.lead.qualifiedBy ?? 'readiness'}`);
  return true;
}

/**
 * Whether the lead has qualified: the transaction that made it qualify has written it, or it qualifies now because a cool-off ended, a
 * need was opened or a step changed the profile.
 */
function qualifies(turn: Turn): boolean {
  if (turn.lead.qualifiedAt !== null) return true;
  const { qualifies: now, by, because } = qualificationOf(turn.playbook, turn.lead, turn.atMs, null);
  if (!now) return false;
  const cause = by ?? 'readiness';
  turn.changeLead({ armed: false, qualifiedAt: turn.at, qualifiedBy: cause });
  turn.note({ action: 'lead.qualified', data: { by: cause, because, playbook: turn.rules.revision } });
  return true;
}
