import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';

/** Works; when the activity fails for good, stops with the reason, and answers what that answers. */
export async function orStop<T>(work: () => Promise<T>, stop: (reason: string) => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const { cause } = error;
    return stop(cause instanceof ApplicationFailure ? `${cause.type ?? 'Error'}: ${cause.message}` : error.message);
  }
}
