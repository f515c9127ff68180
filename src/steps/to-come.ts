import type { Cadence } from '../domain/cadence.ts';
import { kindOf } from './kinds.ts';
import { stepById, stepsOf, waysFrom } from './next-step.ts';

/** Keys of the templates that a lead before this step may still get, whichever way it goes. Null: it stands at the end. */
export function templatesToCome(cadence: Cadence, stepId: string | null): Set<string> {
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const next of waysFrom(cadence, stepById(cadence, id)).flatMap(stepsOf)) visit(next);
  };
  if (stepId !== null) visit(stepId);
  const steps = cadence.steps.filter(({ id }) => seen.has(id));
  return new Set(steps.flatMap((step) => kindOf(step).language.templates?.(step) ?? []));
}
