import type { Context } from '@temporalio/activity';
import { ACTIVITY } from '../domain/budgets.ts';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';

/**
 * Sends heartbeats while an activity takes long (a slow mail server, a busy database). So a worker that died is noticed after the
 * heartbeat time-out, and not only after the time that the slowest activity may take. A short activity sends none.
 */
export class HeartbeatInterceptor implements ActivityInboundCallsInterceptor {
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const timer = setInterval(() => this.context.heartbeat(), ACTIVITY.heartbeatEvery);
    try {
      return await next(input);
    } finally {
      clearInterval(timer);
    }
  }
}
