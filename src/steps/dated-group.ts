import type { Cadence } from '../domain/cadence.ts';
import { isDated } from './wait/position.ts';

/**
 * Where a lead goes that passes over the rest of the steps that are bound to a date: to the step that their wait names, else to the next
 * wait until a date in the file. Null: the cadence has nothing more for it.
 */
export function afterGroup({ steps }: Pick<Cadence, 'steps'>, stepId: string): string | null {
  const here = steps.findIndex(({ id }) => id === stepId);
  const wait = steps.slice(0, here + 1).findLast(isDated);
  return wait?.skipTo ?? steps.slice(here + 1).find(isDated)?.id ?? null;
}
