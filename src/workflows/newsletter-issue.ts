import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, proxyActivities, startChild, workflowInfo } from '@temporalio/workflow';
import { ACTIVITY } from '../domain/budgets.ts';
import { BROADCAST_WORKFLOW } from './broadcast-messages.ts';
import type { broadcast } from './broadcast.ts';
import type { NewsletterActivities } from './newsletter-activities.ts';
import type { NewsletterInput } from './newsletter-messages.ts';

const { beginIssue } = proxyActivities<NewsletterActivities>({
  startToCloseTimeout: ACTIVITY.startToClose,
  heartbeatTimeout: ACTIVITY.heartbeat,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  summary: 'Begin the issue',
});

/**
 * The schedule of a newsletter has fired: begins the broadcast of the issue and ends. The broadcast has a process of its own; whoever looks
 * for broadcasts that stand still starts it too.
 */
export async function newsletterIssue({ newsletter }: NewsletterInput): Promise<void> {
  const broadcastId = await beginIssue({ newsletter, atMs: scheduledAtMs(), nowMs: Date.now() });
  if (broadcastId === null) return;
  try {
    await startChild<typeof broadcast>(BROADCAST_WORKFLOW, {
      workflowId: broadcastId,
      args: [{ broadcastId }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'One message to many leads',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** The time that the schedule meant: a server that was down fires later. Without it when this process started. */
function scheduledAtMs(): number {
  const { searchAttributes, startTime } = workflowInfo();
  const [at] = searchAttributes['TemporalScheduledStartTime'] ?? [];
  return (at instanceof Date ? at : startTime).getTime();
}
