import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type WorkflowStartOptions } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { LeadInput } from '../workflows/messages.ts';
import { LEAD_STAGE } from '../workflows/search-attribute-keys.ts';

/** Options to start a lead's process. At most one runs at a time; its id is the lead's; it may be started again after it ended. */
export function leadStartOptions(
  leadId: string,
  taskQueue: string,
): WorkflowStartOptions<(input: LeadInput) => Promise<void>> & { workflowIdConflictPolicy: WorkflowIdConflictPolicy } {
  return {
    workflowId: leadId,
    taskQueue,
    args: [{ leadId }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    // The default for callers that know no more. The process sets the other attributes after its first look.
    typedSearchAttributes: new TypedSearchAttributes([{ key: LEAD_STAGE, value: 'new' }]),
    staticSummary: 'A lead’s life',
  };
}
