import { isAppError } from '../domain/errors.ts';
import { stripAddresses } from '../domain/redact.ts';
import type { StepWork } from './performer.ts';

/** A template that is missing, or cannot be rendered for this lead. */
const BROKEN_TEMPLATE: ReadonlySet<string> = new Set(['TEMPLATE_BROKEN']);

/**
 * What `make` returns. If it throws an error that a person has to mend, the lead is held with the reason, and this returns null; what the
 * turn did before stays on record. `mended`: the codes of such errors. Every other error is thrown.
 */
export async function orHold<T>(
  work: Pick<StepWork, 'hold'>,
  make: () => Promise<T>,
  mended: ReadonlySet<string> = BROKEN_TEMPLATE,
): Promise<T | null> {
  try {
    return await make();
  } catch (error) {
    if (!isAppError(error) || !mended.has(error.code)) throw error;
    work.hold(`${error.code}: ${stripAddresses(error.message)}`);
    return null;
  }
}
