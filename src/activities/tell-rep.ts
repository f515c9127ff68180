import { isLive } from '../domain/assignment.ts';
import { isWithSales } from '../domain/stage.ts';
import type { EffectResult, Settler } from '../effects/settler.ts';
import type { Assignment } from '../store/generated/client.ts';
import { untellRequests } from '../store/process/untold.ts';
import { changeAssignment, restartClocks } from './assignment.ts';
import { holdFor } from './hold.ts';
import type { Turn } from './turn.ts';

/** Pauses between attempts to mail a brief, in minutes. After the last, the attention list says that the rep was not told. */
const BRIEF_AGAIN_AFTER = [1, 2, 5, 15, 60, 240] as const;

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
      tellLater(turn, assignment);
    },
  };
}

/**
 * Settles the mail about these requests. A mail that SMTP refused for now is tried again, with the brief's pauses, and then tells of
 * what came meanwhile too.
 */
export function requestsSettler(assignmentId: string, touchIds: readonly string[]): Settler<Turn> {
  return {
    canRepeat: (turn) => toTell(turn, assignmentId) !== null,
    settled: (turn, result) => {
      const { assignment } = turn.picture;
      if (assignment?.id !== assignmentId) return;
      holdIfUntold(turn, assignment, result);
      if (result.status !== 'released' || toTell(turn, assignmentId) === null) return;
      turn.send(untellRequests(turn.tx, assignmentId, touchIds));
      changeAssignment(turn, assignment, { requestsDueAt: turn.at });
      tellLater(turn, assignment);
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

/** Puts off the mail with growing pauses. After the last one the lead is held; resuming it tries again. */
function tellLater(turn: Turn, assignment: Assignment): void {
  const minutes = BRIEF_AGAIN_AFTER[assignment.briefAttempts];
  if (minutes === undefined) {
    holdFor(turn, `What ${assignment.repId} is to know could not be mailed in ${BRIEF_AGAIN_AFTER.length} attempts.`);
  }
  changeAssignment(turn, assignment, {
    briefDueAt: new Date(turn.atMs + (minutes ?? 0) * 60_000),
    briefAttempts: minutes === undefined ? 0 : assignment.briefAttempts + 1,
  });
}
