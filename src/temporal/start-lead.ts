import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type WorkflowStartOptions } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { LeadInput } from '../workflows/messages.ts';
import { LEAD_STAGE } from '../workflows/search-attribute-keys.ts';

/** How a lead's process is started, by whoever needs it to run: one at a time, found by the lead's id, and started again at will. */
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
    // For whoever knows no more; the process fills in the rest when it has looked.
    typedSearchAttributes: new TypedSearchAttributes([{ key: LEAD_STAGE, value: 'new' }]),
    staticSummary: 'A lead’s life',
  };
}
