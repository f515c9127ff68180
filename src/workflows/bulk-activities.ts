import type { BulkProgress } from '../domain/bulk-run.ts';
import type { BulkInput } from './bulk-messages.ts';

/** The activities of a bulk run. Implemented by `createBulkActivities`. */
export interface BulkActivities {
  /** Works on the next leads for some seconds, or not at all when the run is paused, canceled or done. Answers how far it is. */
  workOnRun(input: BulkInput): Promise<BulkProgress>;
  /** Pauses the run and says why, until a person resumes it. */
  stopRun(input: BulkInput & { reason: string }): Promise<BulkProgress>;
}
