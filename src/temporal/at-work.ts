import type { WorkflowExecutionDescription } from '@temporalio/client';

/** Whether a process has a task or an activity before it: it was told of something, or does something at the moment. */
export function isAtWork({ raw }: Pick<WorkflowExecutionDescription, 'raw'>): boolean {
  return (raw.pendingActivities ?? []).length > 0 || (raw.pendingWorkflowTask ?? null) !== null;
}
