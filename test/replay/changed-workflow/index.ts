/** The negative control: the workflow of the product with a wait more, made without `patched`. Its replay must fail. */
import { sleep } from '@temporalio/workflow';
import { leadLifecycle as unchanged } from '../../../src/workflows/lead-lifecycle.ts';
import type { LeadInput } from '../../../src/workflows/messages.ts';

export async function leadLifecycle(input: LeadInput): Promise<void> {
  await sleep('1 second');
  await unchanged(input);
}
