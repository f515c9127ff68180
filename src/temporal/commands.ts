import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import { AppError, ERROR_CODES, type ErrorCode } from '../domain/errors.ts';
import type { Db } from '../store/db.ts';
import { readVerdict } from '../store/verdicts.ts';
import { LEAD_WORKFLOW } from '../workflows/messages.ts';
import { grpcErrorOf, status } from '../runtime/grpc.ts';
import { leadStartOptions } from './start-lead.ts';

/** How long a caller waits for a verdict, in milliseconds. */
const PATIENCE_MS = 10_000;
const NO_ANSWER = new Set([
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.UNAVAILABLE,
  // Workers died while they worked on the process's last task.
  status.FAILED_PRECONDITION,
  // The process ended twice while the command waited for it.
  status.ABORTED,
]);
/** The process was terminated by hand before it took the command. Other errors have this code too. */
const ENDED_BEFORE = { code: status.NOT_FOUND, message: /aborted by closing workflow/ } as const;
/** The process was terminated by hand after it took the command. A repeat of the command finds out whether it was carried out. */
const ENDED_UNDER_WAY = 'AcceptedUpdateCompletedWorkflow';

export interface Commands {
  /**
   * Sends a command to a lead's process and returns its verdict. Starts the process if it has ended.
   * @throws AppError COMMAND_PENDING when there is no verdict in time; a repeat with the same command id gets it.
   */
  execute(leadId: string, command: LeadCommand, timeoutMs?: number): Promise<Verdict>;
}

export function createCommands({ client, taskQueue, db }: { client: Client; taskQueue: string; db: Db }): Commands {
  return {
    execute: async (leadId, command, timeoutMs = PATIENCE_MS) => {
      const update = {
        args: [command] as [LeadCommand],
        updateId: command.commandId,
        startWorkflowOperation: new WithStartWorkflowOperation(LEAD_WORKFLOW, leadStartOptions(leadId, taskQueue)),
      };
      // The handle of the start is not used: the update's own error says what is wrong.
      update.startWorkflowOperation.workflowHandle().catch(() => undefined);
      try {
        return await client.withDeadline(Date.now() + timeoutMs, () =>
          client.workflow.executeUpdateWithStart<() => Promise<void>, Verdict, [LeadCommand]>(command.kind, update),
        );
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal !== null) return (await readVerdict(db, command.commandId)) ?? refusal;
        if (isWithoutAnswer(error)) throw pending(command.commandId, error);
        throw error;
      }
    },
  };
}

/** The refusal of a validator of the process. */
function refusalOf(error: unknown): Verdict | null {
  if (!(error instanceof WorkflowUpdateFailedError) || isEndedUnderWay(error)) return null;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure))
    return { ok: false, code: 'INTERNAL', message: 'The process could not take the command.' };
  const code =
    cause.type !== undefined && cause.type !== null && cause.type in ERROR_CODES
      ? (cause.type as ErrorCode)
      : 'CONFLICT';
  return { ok: false, code, message: cause.message };
}

function isEndedUnderWay(error: unknown): boolean {
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  return error.cause instanceof ApplicationFailure && error.cause.type === ENDED_UNDER_WAY;
}

function isWithoutAnswer(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  if (error instanceof WorkflowNotFoundError || isEndedUnderWay(error)) return true;
  const grpc = grpcErrorOf(error);
  if (grpc === null) return false;
  return NO_ANSWER.has(grpc.code) || (grpc.code === ENDED_BEFORE.code && ENDED_BEFORE.message.test(grpc.message));
}

function pending(commandId: string, cause: unknown): AppError {
  return new AppError(
    'COMMAND_PENDING',
    'The lead’s process has not answered in time; the command may still be carried out. Repeat the request with the same Idempotency-Key to get its verdict.',
    { details: { commandId }, cause },
  );
}
