import type { Client } from '@temporalio/client';
import { randomOf } from '../random.ts';
import type { Strike } from './strike.ts';

/** Terminates processes of leads, as an operator might in the Temporal UI. */
export async function terminate(client: Client, count: number, draw: number): Promise<Strike> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" }))
    ids.push(workflowId);
  const chosen = randomOf(Math.floor(draw * 2 ** 31), 'terminate')
    .shuffled(ids.toSorted())
    .slice(0, count);
  const tried = await Promise.allSettled(chosen.map((id) => client.workflow.getHandle(id).terminate('chaos')));
  const ended = tried.filter(({ status }) => status === 'fulfilled').length;
  return { struck: ended > 0, what: `${ended} of ${ids.length} running processes were terminated` };
}
