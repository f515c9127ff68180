import { isLive } from '../domain/assignment.ts';
import { isWithSales } from '../domain/stage.ts';
import type { Became, Settler } from '../effects/settler.ts';
import type { Assignment } from '../store/generated/client.ts';
import { updateRow } from '../store/rows.ts';
import { changeAssignment, restartClocks } from './assignment.ts';
import { holdFor } from './hold.ts';
import type { Turn } from './turn.ts';

/** Waits between attempts to mail a brief, in minutes; then the attention list says that the rep was not told. */
const BRIEF_AGAIN_AFTER = [1, 2, 5, 15, 60, 240] as const;

/** Settles the brief of an assignment. What SMTP did not take is tried again. */
export function briefSettler(assignmentId: string): Settler<Turn> {
  return {
    canRepeat: (turn) => toTell(turn, assignmentId) !== null,
    settled: (turn, became) => {
      const { assignment } = turn.picture;
      if (assignment?.id !== assignmentId) return;
      if (became.status !== 'released') told(turn, assignment);
      holdIfUntold(turn, assignment, became);
      if (became.status !== 'released' || toTell(turn, assignmentId) === null) return;
      // A later attempt took it for told.
      if (became.isLate) changeAssignment(turn, assignment, { toldAt: null });
      tellLater(turn, assignment);
    },
  };
}

/** Settles word of a new request, which its touch stands for. What SMTP did not take is tried again, by the clock of the brief. */
export function requestSettler(assignmentId: string, touchId: string): Settler<Turn> {
  return {
    canRepeat: (turn) => toTell(turn, assignmentId) !== null,
    settled: (turn, became) => {
      const { assignment } = turn.picture;
      if (assignment?.id !== assignmentId) return;
      holdIfUntold(turn, assignment, became);
      if (became.status !== 'released' || toTell(turn, assignmentId) === null) return;
      turn.send(updateRow(turn.tx, 'touches', touchId, { handledAt: null }));
      tellLater(turn, assignment);
    },
  };
}

/** Settles a reminder, which is not tried again. */
export function reminderSettler(assignmentId: string): Settler<Turn> {
  return {
    canRepeat: () => false,
    settled: (turn, became) => {
      const { assignment } = turn.picture;
      if (assignment?.id === assignmentId) holdIfUntold(turn, assignment, became);
    },
  };
}

/** What closed the lead or gave it back meanwhile leaves nobody to tell. */
function toTell(turn: Turn, assignmentId: string): Assignment | null {
  const { assignment } = turn.picture;
  if (assignment?.id !== assignmentId) return null;
  return isLive(assignment.status) && isWithSales(turn.stage) ? assignment : null;
}

/** An offer that nobody reads goes on to the next rep; of an accepted lead nobody would know. */
function holdIfUntold(turn: Turn, assignment: Assignment, { status, outcome }: Became): void {
  if (status !== 'failed' || assignment.status !== 'accepted' || !isWithSales(turn.stage)) return;
  const why = 'reason' in outcome ? outcome.reason : status;
  holdFor(turn, `${assignment.repId} cannot be told by mail, so tell them by hand and resume it: ${why}`);
}

/** The rep has the brief, as far as can be known. Who could not be told at first has the whole time from now on. */
export function told(turn: Turn, assignment: Assignment): void {
  const wasLate = assignment.toldAt === null && assignment.briefAttempts > 0;
  changeAssignment(turn, assignment, { briefDueAt: null, briefAttempts: 0, toldAt: assignment.toldAt ?? turn.at });
  if (wasLate) restartClocks(turn);
}

/** Growing waits; after the last the lead is held, and who resumes it has it tried again. */
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
