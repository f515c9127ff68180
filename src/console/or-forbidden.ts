import { type AppError, isAppError } from '../domain/errors.ts';

/** Does what the policy may forbid, and tells such a refusal in a way of its own. @throws AppError any other refusal, and what `told` throws */
export async function orForbidden(
  work: () => Promise<void>,
  told: (refusal: AppError) => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isAppError(error) || error.code !== 'FORBIDDEN') throw error;
    await told(error);
  }
}
