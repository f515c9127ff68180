/** Names and payloads of the messages to the process of a bulk run. No imports: others use this file too. */

export const BULK_WORKFLOW = 'bulkRun';
/** A doorbell: the row of the run was changed. */
export const BULK_SIGNAL = 'look';
export const PROGRESS_QUERY = 'progress';

export interface BulkInput {
  runId: string;
}
