import { isLive, isTold } from '../domain/assignment.ts';
import { isWithSales } from '../domain/stage.ts';
import type { EffectResult, Settler } from '../effects/settler.ts';
import { nextAttempt } from '../steps/after-outcome.ts';
import type { Assignment } from '../store/generated/client.ts';
import { untellRequests } from '../store/process/untold.ts';
import { changeAssignment, restartClocks } from './assignment.ts';
import { holdFor } from './hold.ts';
import type { Turn } from './turn.ts';

/** Pauses between attempts to mail a rep, in minutes. After the last, the attention list says that the rep was not told. */
const AGAIN_AFTER = [1, 2, 5, 15, 60, 240] as const;

/** Settles the brief of an assignment. A brief that SMTP refused for now is tried again. */
export function briefSettler(assignmentId: string): Settler<Turn> {
  return {
    canRepeat: (turn) => toTell(turn, assignmentId) !== null,
    settled: async (turn, result) => {
      const { assignment } = turn.picture;
      if (assignment?.id !== assignmentId) return;
      if (result.status !== 'released') await told(turn, assignment);
      holdIfUntold(turn, assignment, result);
      if (result.status !== 'released' || toTell(turn, assignmentId) === null) return;
      // A later attempt has recorded the rep as told.
      if (result.isLate) changeAssignment(turn, assignment, { toldAt: null });
      const { dueAt, attempts } = mailAgain(turn, assignment, result);
      changeAssignment(turn, assignment, { briefDueAt: dueAt, briefAttempts: attempts });
    },
  };
}

/**
 * Settles the mail about these requests. A mail that SMTP refused for now is tried again, with the brief's pauses, and then tells of
 * what came meanwhile too. The brief's own time is left alone: a rep who has the brief counts as told.
 */
export function requestsSettler(assignmentId: string, touchIds: readonly string[]): Settler<Turn> {
  return {
    canRepeat: (turn) => toTell(turn, assignmentId) !== null,
    settled: (turn, result) => {
      const { assignment } = turn.picture;
      if (assignment?.id !== assignmentId) return;
      holdIfUntold(turn, assignment, result);
      if (result.status !== 'released') {
        if (isTold(assignment)) changeAssignment(turn, assignment, { briefAttempts: 0 });
        return;
      }
      if (toTell(turn, assignmentId) === null) return;
      turn.send(untellRequests(turn.tx, assignmentId, touchIds));
      const { dueAt, attempts } = mailAgain(turn, assignment, result);
      changeAssignment(turn, assignment, { requestsDueAt: dueAt, briefAttempts: attempts });
    },
  };
}

/** Settles a reminder. It is not tried again. */
export function reminderSettler(assignmentId: string): Settler<Turn> {
  return {
    canRepeat: () => false,
    settled: (turn, result) => {
      const { assignment } = turn.picture;
      if (assignment?.id === assignmentId) holdIfUntold(turn, assignment, result);
    },
  };
}

/** Whether nobody is to be told any more: the need was closed or the lead sent back meanwhile. */
function toTell(turn: Turn, assignmentId: string): Assignment | null {
  const { assignment } = turn.picture;
  if (assignment?.id !== assignmentId) return null;
  return isLive(assignment.status) && isWithSales(turn.stage) ? assignment : null;
}

/** An offer that was never mailed goes to the next rep. An accepted lead has no clock that would show the failure, so it is held. */
function holdIfUntold(turn: Turn, assignment: Assignment, { status, outcome }: EffectResult): void {
  if (status !== 'failed' || assignment.status !== 'accepted' || !isWithSales(turn.stage)) return;
  const why = 'reason' in outcome ? outcome.reason : status;
  holdFor(turn, `${assignment.repId} cannot be told by mail, so tell them by hand and resume it: ${why}`);
}

/** Records that the rep has the brief, as far as can be known. If it was late, the rep has the whole time from now on. */
export async function told(turn: Turn, assignment: Assignment): Promise<void> {
  const wasLate = assignment.toldAt === null && assignment.briefAttempts > 0;
  changeAssignment(turn, assignment, { briefDueAt: null, briefAttempts: 0, toldAt: assignment.toldAt ?? turn.at });
  if (wasLate) await restartClocks(turn);
}

/**
 * When to try again, with growing pauses. After the last one the lead is held; resuming it tries again. A rep who has the brief and has
 * yet to decide is not waited for: the clock of the offer runs on, so the longest pause is repeated.
 */
function mailAgain(turn: Turn, assignment: Assignment, result: EffectResult): { dueAt: Date; attempts: number } {
  const { briefAttempts, repId, status } = assignment;
  const isNotWaitedFor = status === 'offered' && isTold(assignment);
  const next =
    nextAttempt(result, briefAttempts, AGAIN_AFTER) ??
    (isNotWaitedFor ? { afterMinutes: Math.max(...AGAIN_AFTER), attempts: briefAttempts } : null);
  if (next === null) {
    holdFor(turn, `What ${repId} is to know could not be mailed in ${AGAIN_AFTER.length} attempts.`);
    return { dueAt: turn.at, attempts: 0 };
  }
  return { dueAt: new Date(turn.atMs + next.afterMinutes * 60_000), attempts: next.attempts };
}
