/** Recipients whose message did not leave, or may not leave yet: when they come again, and when no more. */
import { PUT_OFF_AT_MOST } from '../../domain/broadcast.ts';
import { refusalOf } from '../../domain/effect.ts';
import type { EffectResult } from '../../effects/settler.ts';
import { nextAttempt } from '../../steps/after-outcome.ts';
import type { Recipient } from '../../store/broadcasts/recipients.ts';

type Times = Pick<Recipient, 'firstDueAt' | 'attempts'>;

/** Whether three days have passed by then since its own time. */
export function isPutOffTooLong({ firstDueAt }: Pick<Times, 'firstDueAt'>, dueAt: Date): boolean {
  return dueAt.getTime() - firstDueAt.getTime() > PUT_OFF_AT_MOST;
}

/**
 * When a message that did not leave is tried again; null: never. One that its receiver refuses, whatever it is, comes as long as those
 * that wait for the receiver: for three days, the last time at their end.
 *
 * @param nowMs The process's time, epoch milliseconds
 */
export function triedAgain(
  result: Pick<EffectResult, 'outcome' | 'isOutdated'>,
  { firstDueAt, attempts }: Times,
  nowMs: number,
): Pick<Recipient, 'dueAt' | 'attempts'> | null {
  const next = nextAttempt(result, attempts);
  if (next === null) return null;
  const dueMs = nowMs + next.afterMinutes * 60_000;
  if (refusalOf(result.outcome) === null || next.afterMinutes === 0)
    return { dueAt: new Date(dueMs), attempts: next.attempts };
  const lastMs = firstDueAt.getTime() + PUT_OFF_AT_MOST;
  return nowMs >= lastMs ? null : { dueAt: new Date(Math.min(dueMs, lastMs)), attempts: next.attempts };
}
