import { isInNurturePool } from '../domain/stage.ts';
import { judgeQualification } from '../store/scoring/evaluate.ts';
import { endEnrollment } from './enrollment.ts';
import type { Turn } from './turn.ts';

/** A lead in the pool that has qualified leaves its cadence, to be offered to a rep. Answers whether it did. */
export function leaveIfQualified(turn: Turn): boolean {
  if (!isInNurturePool(turn.stage) || !qualifies(turn)) return false;
  endEnrollment(turn, 'qualified');
  turn.changeStage('qualified', `by ${turn.lead.qualifiedBy ?? 'readiness'}`);
  return true;
}

/**
 * Whether the lead has qualified: found out by the transaction that made it so, or now, as a cool-off ended, a need opened or a
 * step changed the profile.
 */
function qualifies(turn: Turn): boolean {
  if (turn.lead.qualifiedAt !== null) return true;
  const { qualifies: now, by, because } = judgeQualification(turn.playbook, turn.lead, turn.atMs, null);
  if (!now) return false;
  const cause = by ?? 'readiness';
  turn.changeLead({ armed: false, qualifiedAt: turn.at, qualifiedBy: cause });
  turn.note({ action: 'lead.qualified', data: { by: cause, because, playbook: turn.rules.revision } });
  return true;
}
