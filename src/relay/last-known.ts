/** What a lead's process knew when it last did something, read from its history: no worker needs to run. */
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

import type { Standing } from '../domain/standing.ts';

const { PendingActivityState } = proto.temporal.api.enums.v1;
type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

export interface LastKnown {
  /** Null: it has not looked yet. */
  standing: Standing | null;
  /** When its last activity was scheduled: epoch milliseconds on the server's clock, ahead of real time if the lead was forwarded. */
  actedAtMs: number;
  /** An activity was started and its outcome is not known. */
  underWay: boolean;
}

/** The newest events are enough: a process has few events between two activities. */
const PAGE = 50;

/** Of one run. */
export async function lastKnown(
  client: Client,
  namespace: string,
  workflowId: string,
  runId: string,
): Promise<LastKnown> {
  const ended = new Set<string>();
  let isOpen = false;
  let answer: { standing: Standing; activity: string } | undefined;
  let actedAtMs = 0;
  for await (const event of eventsBackwards(client, namespace, workflowId, runId)) {
    const end = endOfActivity(event);
    if (end !== undefined) {
      ended.add(end);
      const standing = answer === undefined ? answerOf(event) : null;
      if (standing !== null) answer = { standing, activity: end };
    }
    if (!event.activityTaskScheduledEventAttributes) continue;
    const activity = String(event.eventId);
    isOpen ||= !ended.has(activity);
    if (activity !== answer?.activity) continue;
    actedAtMs = Number(event.eventTime?.seconds ?? 0) * 1000;
    break;
  }
  const underWay = isOpen && (await hasBegun(client, workflowId, runId));
  return { standing: answer?.standing ?? null, actedAtMs, underWay };
}

async function* eventsBackwards(
  client: Client,
  namespace: string,
  workflowId: string,
  runId: string,
): AsyncGenerator<HistoryEvent> {
  let nextPageToken: Uint8Array | null | undefined;
  do {
    const page = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: PAGE,
      ...(nextPageToken ? { nextPageToken } : {}),
    });
    yield* page.history?.events ?? [];
    nextPageToken = page.nextPageToken;
  } while (nextPageToken && nextPageToken.length > 0);
}

/** The id of the event that scheduled the activity which this event ends; undefined when it ends none. */
function endOfActivity(event: HistoryEvent): string | undefined {
  const attributes =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  return attributes === null || attributes === undefined ? undefined : String(attributes.scheduledEventId);
}

/** Each activity returns where the lead stands afterwards; that of a command returns its verdict too. */
function answerOf(event: HistoryEvent): Standing | null {
  const data = event.activityTaskCompletedEventAttributes?.result?.payloads?.[0]?.data;
  if (!data) return null;
  const answer = JSON.parse(new TextDecoder().decode(data)) as Standing | { standing: Standing };
  return 'standing' in answer ? answer.standing : answer;
}

/** An activity that no worker has started yet has done nothing. In a run that was terminated this cannot be known. */
async function hasBegun(client: Client, workflowId: string, runId: string): Promise<boolean> {
  const { raw, status } = await client.workflow.getHandle(workflowId, runId).describe();
  if (status.name !== 'RUNNING') return true;
  return (raw.pendingActivities ?? []).some(
    ({ state, attempt }) => state !== PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED || (attempt ?? 1) > 1,
  );
}
