import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { Context } from '@temporalio/activity';
import type { Logger } from 'pino';
import { type ErrorCode, isAppError } from '../domain/errors.ts';
import { stripAddresses } from '../domain/redact.ts';
import { outageOf } from '../runtime/outage.ts';
import { defectOf } from './defect.ts';

/** Attempts after which an error that is neither an outage nor one of ours counts as a defect: the lead is held. */
const ATTEMPTS_AT_A_DEFECT = 5;

/**
 * The failure of an activity is kept in the lead's history, and decides whether the activity is tried again. Here every error gets a
 * code as type and is marked as retryable or not. An outage is retryable for as long as it lasts. The message of an error that is not
 * ours goes to the log alone.
 */
export class FailureInterceptor implements ActivityInboundCallsInterceptor {
  private readonly context: Context;
  private readonly log: Logger;

  constructor(context: Context, log: Logger) {
    this.context = context;
    this.log = log;
  }

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      if (error instanceof ApplicationFailure || error instanceof CancelledFailure) throw error;
      const failure = this.asFailure(error);
      const { activityType, attempt, workflowExecution } = this.context.info;
      const fields = { activity: activityType, attempt, lead: workflowExecution?.workflowId, code: failure.type };
      this.log.warn({ ...fields, where: failure.message, reason: reasonOf(error) }, 'activity failed');
      throw failure;
    }
  }

  private asFailure(error: unknown): ApplicationFailure {
    const { activityType, attempt } = this.context.info;
    // These come after a failure: with nothing to come after their own, they are tried for ever.
    const isTriedForEver = activityType === 'hold' || activityType === 'stopRun' || activityType === 'stopBroadcast';
    if (isAppError(error)) {
      const nonRetryable = !error.retryable && !isTriedForEver;
      return ApplicationFailure.create({ message: reasonOf(error), type: error.code, nonRetryable });
    }
    const message = defectOf(error);
    const outage = outageOf(error);
    if (outage !== null) return ApplicationFailure.create({ message, type: outage.code, nonRetryable: false });
    return ApplicationFailure.create({
      message,
      type: 'INTERNAL' satisfies ErrorCode,
      nonRetryable: attempt >= ATTEMPTS_AT_A_DEFECT && !isTriedForEver,
    });
  }
}

/** For people, without addresses. */
function reasonOf(error: unknown): string {
  return stripAddresses(messageOf(error)).slice(0, 1_000);
}

/** A message of Prisma begins with the arguments of the call, which are data of a lead. Its last line says what is wrong. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name.startsWith('PrismaClient') ? (error.message.trim().split('\n').at(-1) ?? '') : error.message;
}
