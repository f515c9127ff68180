import { type Client, WorkflowIdReusePolicy } from '@temporalio/client';
import { BULK_SIGNAL, BULK_WORKFLOW, type BulkInput } from '../workflows/bulk-messages.ts';

/**
 * Starts the process of a bulk run, or tells it to look at its row again. Its id is the run's. May be called again at any time: what is
 * done is in the row.
 */
export async function tellBulkRun(client: Client, taskQueue: string, runId: string): Promise<void> {
  await client.workflow.signalWithStart<(input: BulkInput) => Promise<void>>(BULK_WORKFLOW, {
    workflowId: runId,
    taskQueue,
    args: [{ runId }],
    signal: BULK_SIGNAL,
    signalArgs: [],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    staticSummary: 'A change of many leads',
  });
}
