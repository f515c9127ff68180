import type { Client } from '@temporalio/client';
import { randomOf } from '../random.ts';

/** Ends processes of leads by hand, as somebody in the Temporal UI might. */
export async function terminate(client: Client, count: number, draw: number): Promise<string> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" }))
    ids.push(workflowId);
  const chosen = randomOf(Math.floor(draw * 2 ** 31), 'terminate')
    .shuffled(ids.toSorted())
    .slice(0, count);
  const ended = await Promise.allSettled(chosen.map((id) => client.workflow.getHandle(id).terminate('chaos')));
  return `${ended.filter(({ status }) => status === 'fulfilled').length} of ${ids.length} running processes were terminated`;
}
