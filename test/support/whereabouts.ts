/** Where leads stand, for a test that waited in vain: the row, the bells, what the reconciler found, the end of the history. */
import type { Client } from '@temporalio/client';
import type { Db } from '../../src/store/db.ts';

const EVENTS = 15;

/** Of each lead a few lines; what cannot be read is said, as this is about a failure already. */
export async function whereabouts(db: Db, client: Client, leadIds: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    leadIds.map((leadId) => ofLead(db, client, leadId).catch((error: unknown) => `${leadId}: ${String(error)}`)),
  );
  return parts.join('\n\n');
}

async function ofLead(db: Db, client: Client, leadId: string): Promise<string> {
  const [lead, outbox, findings, enrollments, assignments, process] = await Promise.all([
    db.lead.findUnique({ where: { id: leadId } }),
    db.outbox.findMany({ where: { leadId }, orderBy: { id: 'asc' } }),
    db.finding.findMany({ where: { leadId } }),
    db.enrollment.findMany({ where: { leadId }, orderBy: { id: 'asc' } }),
    db.assignment.findMany({ where: { leadId }, orderBy: { id: 'asc' } }),
    processOf(client, leadId).catch((error: unknown) => [String(error)]),
  ]);
  return [
    `lead ${json(lead)}`,
    ...outbox.map((bell) => `bell ${json(bell)}`),
    ...findings.map((finding) => `finding ${json(finding)}`),
    ...enrollments.map((enrollment) => `enrollment ${json(enrollment)}`),
    ...assignments.map((assignment) => `assignment ${json(assignment)}`),
    `now ${new Date().toISOString()}; the process:`,
    ...process,
  ].join('\n');
}

async function processOf(client: Client, leadId: string): Promise<string[]> {
  const handle = client.workflow.getHandle(leadId);
  const { status, runId, raw } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const pending = (raw.pendingActivities ?? []).map(
    ({ attempt, state, lastFailure }) => `activity attempt ${attempt}, state ${state}: ${lastFailure?.message ?? ''}`,
  );
  const task = raw.pendingWorkflowTask;
  const all = events ?? [];
  return [
    `${status.name}, run ${runId}, ${all.length} events`,
    ...(task === null || task === undefined
      ? []
      : [`workflow task, attempt ${task.attempt}, state ${task.state}, scheduled ${timeOf(task.scheduledTime)}`]),
    ...pending,
    ...all.slice(-EVENTS).map((event) => {
      const kind = Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? 'unknown';
      return `${String(event.eventId)} ${timeOf(event.eventTime)} ${kind.replace('EventAttributes', '')}`;
    }),
  ];
}

function timeOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): string {
  if (time === null || time === undefined) return 'never';
  return new Date(Number(time.seconds ?? 0) * 1000 + (time.nanos ?? 0) / 1e6).toISOString();
}

/** For people: whole numbers of 64 bits as numbers, what is not set left out. */
export function json(value: unknown): string {
  return (
    JSON.stringify(value, (_key, cell: unknown) =>
      typeof cell === 'bigint' ? Number(cell) : cell === null ? undefined : cell,
    ) ?? 'none'
  );
}
