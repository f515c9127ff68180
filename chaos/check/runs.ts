/** The histories of all runs of all processes, as far as versions of the workflow have left traces in them. */
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { CHANGE } from '../change.ts';

const { EventType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

export interface RunRecord {
  leadId: string;
  runId: string;
  /** By the process's own time, as are the others. */
  startedAt: number;
  /** It began under a changed version. */
  isChanged: boolean;
  /** When a worker last did a workflow task of it; 0: never. */
  workedAt: number;
  /** Of the workflow tasks that failed: the cause and the message. */
  failures: readonly string[];
  /** The run is open, and the latest known workflow task of it failed. */
  isStuck: boolean;
}

const AT_ONCE = 8;

export async function readRuns(client: Client): Promise<RunRecord[]> {
  const executions: { workflowId: string; runId: string }[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) executions.push({ workflowId, runId });
  const runs: RunRecord[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let one = executions.pop(); one !== undefined; one = executions.pop())
        runs.push(await readRun(client, one.workflowId, one.runId));
    }),
  );
  return runs;
}

/** Failures that are no fault of the worker: something came in meanwhile, or the process was ended by hand. */
const EVERYDAY = new Set([
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
]);

/**
 * The worker was stopped in the middle of a task, or the machine had no processor for it: the SDK gives the task up after five seconds, and
 * it is done anew.
 */
const CUT_OFF = /^Script execution timed out/;

async function readRun(client: Client, leadId: string, runId: string): Promise<RunRecord> {
  const { events } = await client.workflow.getHandle(leadId, runId).fetchHistory();
  const failures: string[] = [];
  let [startedAt, workedAt, isChanged, isStuck] = [0, 0, false, false];
  for (const event of events ?? []) {
    const at = Number(event.eventTime?.seconds ?? 0) * 1000;
    const failed = event.workflowTaskFailedEventAttributes;
    if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED) startedAt = at;
    if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) [workedAt, isStuck] = [at, false];
    if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED) isStuck = false;
    if (event.markerRecordedEventAttributes?.markerName === 'core_patch') isChanged ||= namesChange(event);
    if (failed === null || failed === undefined || EVERYDAY.has(failed.cause ?? 0)) continue;
    if (CUT_OFF.test(failed.failure?.message ?? '')) continue;
    isStuck = true;
    failures.push(`${WorkflowTaskFailedCause[failed.cause ?? 0]}: ${failed.failure?.message ?? ''}`);
  }
  return { leadId, runId, startedAt, isChanged, workedAt, failures, isStuck };
}

function namesChange(event: proto.temporal.api.history.v1.IHistoryEvent): boolean {
  const details = Object.values(event.markerRecordedEventAttributes?.details ?? {});
  return details.some(({ payloads }) =>
    payloads?.some(({ data }) => data && new TextDecoder().decode(data).includes(CHANGE)),
  );
}
