/** Rings one lead's process, and starts it if it does not run. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import { shownSource } from '../domain/known-sources.ts';
import type { Playbook } from '../domain/playbook.ts';
import { grpcErrorOf, status } from '../runtime/grpc.ts';
import { leadStartOptions } from '../temporal/start-lead.ts';
import { LEAD_WORKFLOW, RING_SIGNAL, type Ring } from '../workflows/messages.ts';
import type { Bell } from './outbox-rows.ts';

/** Shorter than the lease on the row, so that a bell is not rung by two relays while one still waits. */
const DEADLINE_MS = 5_000;

const SERVER_DOWN = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED]);

/**
 * Signal-with-start: a running process gets the signal; a process that has ended is started again. The search attributes are
 * used only when it is started.
 */
export async function ringLead(client: Client, taskQueue: string, bell: Bell, playbook: Playbook): Promise<void> {
  const ring: Ring = { outboxId: bell.id, reason: bell.reason };
  const { start } = bell;
  if (start === null) return tellIfRunning(client, bell.leadId, ring);
  await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflow.signalWithStart(LEAD_WORKFLOW, {
      ...leadStartOptions(bell.leadId, taskQueue, { ...start, source: shownSource(start.source, playbook) }),
      signal: RING_SIGNAL,
      signalArgs: [ring],
    }),
  );
}

async function tellIfRunning(client: Client, leadId: string, ring: Ring): Promise<void> {
  try {
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflow.getHandle(leadId).signal(RING_SIGNAL, ring),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/**
 * What went wrong, as a code: the server's own message may quote what was sent. `serverDown` means that the server failed, not
 * this one lead.
 */
export function describeFailure(error: unknown): { error: string; serverDown: boolean } {
  const grpc = grpcErrorOf(error);
  if (grpc === null) return { error: error instanceof Error ? error.name : 'unknown', serverDown: false };
  return { error: status[grpc.code], serverDown: SERVER_DOWN.has(grpc.code) };
}
