import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { AppError } from '../domain/errors.ts';
import { audit } from '../store/audit.ts';
import { behindMs, leadNow } from '../store/clock.ts';
import type { Db } from '../store/db.ts';
import { CLOCK_UPDATE } from '../workflows/messages.ts';
import { grpcErrorOf, status } from '../runtime/grpc.ts';

const { FastForwardPollingResult } = proto.temporal.api.enums.v1;

/** The server allows 200 skips a session by default; a long fast-forward with daily steps needs more. */
const MOST_SKIPS = 10_000;
/** Time for the whole fast-forward. After that the reconciler treats the moving clock as left behind by a crash (relay/findings.ts). */
const PATIENCE_MS = 120_000;

/**
 * Skips a length of time for a lead's process. Its waits are skipped, and whatever falls due is done at its own time. Afterwards
 * the lead's clock stays ahead by that much, or by up to three seconds more where something falls due at its end. Returns the lead's time afterwards (epoch milliseconds).
 */
export type FastForward = (leadId: string, durationMs: number) => Promise<{ nowMs: number }>;

/** @throws AppError PROCESS_ENDED, TIME_SKIPPING_UNAVAILABLE, UNAVAILABLE (not done within two minutes) */
export function createFastForward({
  client,
  namespace,
  db,
}: {
  client: Client;
  namespace: string;
  db: Db;
}): FastForward {
  return async (leadId, durationMs) => {
    // Written first: a process must not end during the fast-forward, because its next run would be back at real time.
    const lead = await db.lead.update({ where: { id: leadId }, data: { clockMovingSince: new Date() } });
    const processNow = () => client.workflow.getHandle(leadId).executeUpdate<number, []>(CLOCK_UPDATE, { args: [] });
    try {
      const { nowMs, askedAtMs } = await client.withDeadline(Date.now() + PATIENCE_MS, async () => {
        // A process that was terminated and started again is back at real time. It catches up with the lead's clock first.
        const behind = lead.clockOffsetMs === 0n ? 0 : behindMs(lead, await processNow(), Date.now());
        const clear = clearOfDue(lead.nextDueAt, leadNow(lead, Date.now()), durationMs);
        await skipTime({ client, namespace }, leadId, behind + clear);
        // From before the question: with an offset that is short by the time of the answer, an event would come before what was just done.
        const asked = Date.now();
        return { nowMs: await processNow(), askedAtMs: asked };
      });
      await db.$transaction(async (tx) => {
        await tx.lead.update({
          where: { id: leadId },
          data: { clockOffsetMs: BigInt(Math.max(0, nowMs - askedAtMs)) },
        });
        await audit(
          tx,
          { leadId, actor: 'system', at: new Date(nowMs) },
          { action: 'clock.forwarded', data: { byMs: durationMs } },
        );
      });
      return { nowMs };
    } catch (error) {
      throw explained(error);
    } finally {
      await db.lead.update({ where: { id: leadId }, data: { clockMovingSince: null } });
    }
  };
}

/**
 * The server (1.32) skips to the next timer after the end of a fast-forward when that end passes while something is being done. Where the end
 * would meet what has just fallen due, it is put off until that is done.
 */
const DONE_AFTER_MS = 3_000;

/** The length that ends when nothing is being done. */
export function clearOfDue(nextDueAt: Date | null, nowMs: number, durationMs: number): number {
  const untilDueMs = (nextDueAt?.getTime() ?? Number.POSITIVE_INFINITY) - nowMs;
  const isMet = untilDueMs <= durationMs && durationMs < untilDueMs + DONE_AFTER_MS;
  return isMet ? untilDueMs + DONE_AFTER_MS : durationMs;
}

/** Skips a length of time for any process: its timers end at their own time. */
export async function skipTime(
  { client, namespace }: { client: Client; namespace: string },
  workflowId: string,
  durationMs: number,
): Promise<void> {
  const service = client.workflowService;
  const workflowExecution = { workflowId };
  const fastForwardId = randomUUID();
  const timeSkippingConfig = {
    enabled: true,
    maxSessionSkipCount: MOST_SKIPS,
    fastForwardConfig: { id: fastForwardId, duration: durationOf(durationMs) },
  };
  await service.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution,
    workflowExecutionOptions: { timeSkippingConfig },
    updateMask: { paths: ['time_skipping_config'] },
  });
  for (;;) {
    const { fastForwardPollingResult: result, failedReason } = await service.pollWorkflowExecutionTimeSkipping({
      namespace,
      workflowExecution,
      fastForwardId,
    });
    if (result === FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED) return;
    if (result === FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED)
      throw new AppError('CONFLICT', `The process could not be forwarded all the way: ${failedReason}.`);
  }
}

function durationOf(ms: number) {
  const seconds = Math.floor(ms / 1000);
  return proto.google.protobuf.Duration.create({
    seconds: seconds as unknown as Long,
    nanos: (ms - seconds * 1000) * 1_000_000,
  });
}

type Long = Exclude<NonNullable<Parameters<typeof proto.google.protobuf.Duration.create>[0]>['seconds'], undefined>;

function explained(error: unknown): unknown {
  switch (grpcErrorOf(error)?.code) {
    case status.NOT_FOUND:
      return new AppError(
        'PROCESS_ENDED',
        'Nothing is scheduled for this lead, so its process has ended and there is no time to skip.',
      );
    case status.UNIMPLEMENTED:
    case status.INVALID_ARGUMENT:
    case status.FAILED_PRECONDITION:
      return new AppError(
        'TIME_SKIPPING_UNAVAILABLE',
        'This Temporal server cannot skip time: it needs version 1.31 or later with frontend.WorkflowTimeSkippingEnabled.',
        { cause: error },
      );
    case status.DEADLINE_EXCEEDED:
      return new AppError(
        'UNAVAILABLE',
        'The lead was not forwarded all the way within two minutes. Part of the time may have passed: see its clock before you forward it again.',
        { cause: error },
      );
    default:
      return error;
  }
}
