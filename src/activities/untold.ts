import { isLive } from '../domain/assignment.ts';
import { spanToMs } from '../domain/schedule.ts';
import type { Assignment, Touch } from '../store/generated/client.ts';
import { changeAssignment } from './assignment.ts';
import type { Turn } from './turn.ts';

/**
 * Which requests a rep has yet to be told of, and when. The first is told at once; those that come within `notices.gather` of a mail
 * wait for the next, so that five hundred forms are two mails. Until it leaves, the rows say so: `touches.untoldTo`, and the
 * assignment's `requestsDueAt`.
 */

/** Has the rep who has the lead told of a request, in the next mail about such. */
export function awaitNotice(turn: Turn, touch: Touch): void {
  const assignment = toldAssignment(turn);
  if (assignment === null) return;
  touch.untoldTo = assignment.id;
  if (assignment.requestsDueAt === null)
    changeAssignment(turn, assignment, { requestsDueAt: nextNoticeAt(turn, assignment) });
}

/**
 * When the rep is to be told of requests; null when there are none, or nobody to tell. If SMTP refused the last mail to the rep for
 * now, not before it is tried again.
 */
export function noticeDueAt(turn: Turn): Date | null {
  const assignment = toldAssignment(turn);
  if (assignment === null || assignment.requestsDueAt === null) return null;
  const { requestsDueAt, briefAttempts, briefDueAt } = assignment;
  return briefAttempts > 0 && briefDueAt !== null && briefDueAt > requestsDueAt ? briefDueAt : requestsDueAt;
}

/** The hand-off whose rep has the lead now. */
function toldAssignment({ picture: { assignment }, stage }: Turn): Assignment | null {
  const isWithRep = stage === 'assigned' || stage === 'accepted' || stage === 'opportunity';
  return isWithRep && assignment !== null && isLive(assignment.status) ? assignment : null;
}

/** No later than after the time from now: a lead whose process was terminated while it was forwarded goes back in time. */
function nextNoticeAt(turn: Turn, { requestsToldAt }: Assignment): Date {
  if (requestsToldAt === null) return turn.at;
  const gatherMs = spanToMs(turn.playbook.notices.gather);
  const dueAtMs = Math.min(requestsToldAt.getTime() + gatherMs, turn.atMs + gatherMs);
  return new Date(Math.max(dueAtMs, turn.atMs));
}
