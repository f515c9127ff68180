/** The next version of the workflow with a defect: the workflow tasks of some leads fail while it is deployed. */
import { workflowInfo } from '@temporalio/workflow';
import type { LeadInput } from '../src/workflows/messages.ts';
import { DEFECT, meetsDefect } from './change.ts';
import { leadLifecycle as next } from './next-version.ts';

export { broadcast, bulkRun, newsletterIssue } from './next-version.ts';

export async function leadLifecycle(input: LeadInput): Promise<void> {
  if (meetsDefect(workflowInfo().workflowId)) throw new Error(DEFECT);
  await next(input);
}
