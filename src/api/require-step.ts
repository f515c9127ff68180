import type { Cadence } from '../domain/cadence.ts';
import { AppError } from '../domain/errors.ts';
import { noSuchStep } from '../steps/next-step.ts';
import { invalid } from './validate.ts';

/**
 * Makes sure that the playbook has the cadence that leads are to be enrolled in, and the cadence the step that they are put before.
 * `path`: the field of the body that names the step.
 * @throws AppError CADENCE_UNKNOWN, VALIDATION_FAILED
 */
export function requireStep(
  cadences: readonly Cadence[],
  { cadence, step }: { cadence: string; step?: string | undefined },
  path: string,
): void {
  const known = cadences.find((one) => one.cadence === cadence);
  if (known === undefined) {
    const keys = cadences.map((one) => one.cadence).join(', ');
    throw new AppError('CADENCE_UNKNOWN', `There is no such cadence in the playbook; known: ${keys}`);
  }
  if (step === undefined || known.steps.some(({ id }) => id === step)) return;
  throw invalid('body', [{ path, message: noSuchStep(known, step) }]);
}
