/** Rings one lead's process, and starts it if it does not run. */
import { isGrpcServiceError, ServiceError, type Client } from '@temporalio/client';

import { leadStartOptions } from '../temporal/start-lead.ts';
import { LEAD_WORKFLOW, RING_SIGNAL, type Ring } from '../workflows/messages.ts';
import { LEAD_GRADE, LEAD_SCORE, LEAD_SOURCE, LEAD_STAGE } from '../workflows/search-attribute-keys.ts';
import type { Bell } from './outbox-rows.ts';

/** Shorter than the lease on the row, so that a bell is not rung by two relays while one still waits. */
const DEADLINE_MS = 5_000;

/**
 * Signal-with-start: a running process hears the bell, one that has ended begins anew. The search attributes count for a
 * start only.
 */
export async function ringLead(client: Client, taskQueue: string, bell: Bell): Promise<void> {
  const ring: Ring = { outboxId: bell.id, reason: bell.reason };
  await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflow.signalWithStart(LEAD_WORKFLOW, {
      ...leadStartOptions(bell.leadId, taskQueue),
      signal: RING_SIGNAL,
      signalArgs: [ring],
      typedSearchAttributes: [
        { key: LEAD_STAGE, value: bell.stage },
        { key: LEAD_GRADE, value: bell.grade },
        { key: LEAD_SCORE, value: Math.round(bell.score) },
        ...(bell.source === null ? [] : [{ key: LEAD_SOURCE, value: bell.source }]),
      ],
    }),
  );
}

const GRPC_CODES: Readonly<Record<number, string>> = {
  1: 'CANCELLED',
  2: 'UNKNOWN',
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  5: 'NOT_FOUND',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
};

/**
 * What went wrong, as a code (a server's own words may quote what was sent), and whether it speaks of the server rather
 * than of this one lead.
 */
export function describeFailure(error: unknown): { error: string; serverDown: boolean } {
  const cause = error instanceof ServiceError ? error.cause : error;
  if (!isGrpcServiceError(cause)) return { error: error instanceof Error ? error.name : 'unknown', serverDown: false };
  const code = GRPC_CODES[cause.code] ?? `gRPC ${cause.code}`;
  return { error: code, serverDown: code === 'UNAVAILABLE' || code === 'DEADLINE_EXCEEDED' };
}
