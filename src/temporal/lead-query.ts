import { LEAD_WORKFLOW } from '../workflows/messages.ts';

/** Filter of the visibility store for this installation's processes; more may follow with AND. */
export function leadQuery(taskQueue: string): string {
  return `WorkflowType = '${LEAD_WORKFLOW}' AND TaskQueue = '${taskQueue}'`;
}
