import { isLive } from '../domain/assignment.ts';
import { spanToMs } from '../domain/schedule.ts';
import type { Assignment, Touch } from '../store/generated/client.ts';
import { changeAssignment } from './assignment.ts';
import type { Turn } from './turn.ts';

/**
 * The requests that a rep has yet to be told of by mail, and when. The first request is mailed at once. Requests within `notices.gather`
 * of a mail wait for the next mail, so five hundred forms make two mails. Until the mail leaves, `touches.untoldTo` and the assignment's
 * `requestsDueAt` keep this.
 */

/** Adds a request to the next mail to the rep who has the lead. */
export function awaitNotice(turn: Turn, touch: Touch): void {
  const assignment = toldAssignment(turn);
  if (assignment === null) return;
  touch.untoldTo = assignment.id;
  if (assignment.requestsDueAt === null)
    changeAssignment(turn, assignment, { requestsDueAt: nextNoticeAt(turn, assignment) });
}

/**
 * When the mail about requests is due; null when there are no requests, or no rep to tell. If SMTP refused the last mail to the rep for
 * now, the mail is not due before the next attempt.
 */
export function noticeDueAt(turn: Turn): Date | null {
  const assignment = toldAssignment(turn);
  if (assignment === null || assignment.requestsDueAt === null) return null;
  const { requestsDueAt, briefAttempts, briefDueAt } = assignment;
  return briefAttempts > 0 && briefDueAt !== null && briefDueAt > requestsDueAt ? briefDueAt : requestsDueAt;
}

/** The hand-off whose rep has the lead now. */
function toldAssignment({ picture: { assignment }, stage }: Turn): Assignment | null {
  const isWithRep = ['assigned', 'qualifying', 'accepted', 'opportunity'].includes(stage);
  return isWithRep && assignment !== null && isLive(assignment.status) ? assignment : null;
}

/** At most `notices.gather` from now: the time of a lead goes back when its process was terminated while it was forwarded. */
function nextNoticeAt(turn: Turn, { requestsToldAt }: Assignment): Date {
  if (requestsToldAt === null) return turn.at;
  const gatherMs = spanToMs(turn.playbook.notices.gather);
  const dueAtMs = Math.min(requestsToldAt.getTime() + gatherMs, turn.atMs + gatherMs);
  return new Date(Math.max(dueAtMs, turn.atMs));
}
