import type { Stage } from '../domain/stage.ts';
import { type LeadFacts, holds } from '../domain/condition.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { endEnrollment } from './enrollment.ts';
import type { Turn } from './turn.ts';

/**
 * Ends an enrollment whose goal is reached, and counts it. `facts`: what its condition asks for. `becoming`: the stage that the lead is about to
 * be in, which may be the goal itself. Returns the name of the goal; null: it has none, or did not reach it.
 */
export function endAtGoal(turn: Turn, enrollment: ActiveEnrollment, facts: LeadFacts, becoming?: Stage): string | null {
  const { goal } = enrollment.cadenceAsPinned;
  if (goal === undefined) return null;
  const isReached =
    holds(goal.when, facts) || (becoming !== undefined && holds(goal.when, { ...facts, stage: becoming }));
  if (!isReached) return null;
  endEnrollment(turn, `goal: ${goal.name}`, 'completed', enrollment, goal.name);
  return goal.name;
}
