import { type Client, WorkflowIdReusePolicy } from '@temporalio/client';
import { BROADCAST_SIGNAL, BROADCAST_WORKFLOW, type BroadcastInput } from '../workflows/broadcast-messages.ts';

/**
 * Starts the process of a broadcast, or tells it to look at its row again. Its id is the broadcast's. May be called again at any time: what
 * is done is in the rows.
 */
export async function tellBroadcast(client: Client, taskQueue: string, broadcastId: string): Promise<void> {
  await client.workflow.signalWithStart<(input: BroadcastInput) => Promise<void>>(BROADCAST_WORKFLOW, {
    workflowId: broadcastId,
    taskQueue,
    args: [{ broadcastId }],
    signal: BROADCAST_SIGNAL,
    signalArgs: [],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    staticSummary: 'One message to many leads',
  });
}
