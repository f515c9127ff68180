import { isTold } from '../domain/assignment.ts';
import { lookBack } from '../effects/claim.ts';
import type { Assignment } from '../store/generated/client.ts';
import { alertRep } from './alert.ts';
import { changeAssignment } from './assignment.ts';
import { tellTogether } from './gathered-brief.ts';
import { fillLine } from './fill-line.ts';
import { offer, offerToNextOf } from './offer.ts';
import { claimRepMail } from './rep-mail.ts';
import { tellOfRequests } from './tell-of-requests.ts';
import { briefSettler, reminderSettler, told } from './tell-rep.ts';
import { goBackIfNotReady } from './queued.ts';
import type { Turn } from './turn.ts';
import { waitForReceiver } from './wait-for-receiver.ts';
import { lookAfter } from './with-rep.ts';

/** Does what the hand-off needs now: an offer, the brief, a reminder, or the next rep. At most one mail a turn. */
export async function pressOn(turn: Turn): Promise<void> {
  const { need } = turn.picture;
  if (turn.stage === 'qualified' && need !== null && need.waitingBecause === null) {
    if (await goBackIfNotReady(turn)) {
      turn.isUnfinished = true;
      return;
    }
    fillLine(turn);
    await offer(turn);
    // The brief follows when the team's reps are free for the next lead's offer.
    turn.isUnfinished = turn.picture.assignment?.status === 'offered';
    return;
  }
  const { assignment } = turn.picture;
  if (assignment === null) return;
  await goOnWith(turn, assignment);
  if (turn.claimed === null) await tellOfRequests(turn);
}

/** Does what is due for the latest assignment: the brief, the reminder, or the next rep. */
async function goOnWith(turn: Turn, assignment: Assignment): Promise<void> {
  if (assignment.status === 'accepted' && isDue(turn, assignment.briefDueAt)) await brief(turn, assignment);
  else if (['qualifying', 'accepted', 'opportunity'].includes(turn.stage)) await lookAfter(turn);
  if (turn.stage !== 'assigned' || assignment.status !== 'offered') return;
  const runs = isTold(assignment);
  if (runs && isDue(turn, assignment.dueAt)) await passOn(turn, assignment);
  else if (isDue(turn, assignment.briefDueAt)) await brief(turn, assignment);
  else if (runs && assignment.remindedAt === null && isDue(turn, assignment.remindAt)) await remind(turn, assignment);
}

function isDue(turn: Turn, at: Date | null): boolean {
  return at !== null && at.getTime() <= turn.atMs;
}

async function brief(turn: Turn, assignment: Assignment): Promise<void> {
  const key = `assignment:${assignment.id}:brief`;
  if ((await lookBack(turn, key)) !== null) return told(turn, assignment);
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: assignment.repId } });
  const waitMs = await waitForReceiver(turn, rep);
  if (waitMs !== null) {
    // It counts as late once it arrives: the rep has the whole time from then on.
    const briefAttempts = Math.max(1, assignment.briefAttempts);
    changeAssignment(turn, assignment, { briefDueAt: new Date(turn.atMs + waitMs), briefAttempts });
    return;
  }
  if (await tellTogether(turn, assignment, key)) return;
  await claimRepMail(turn, {
    template: 'rep-brief',
    key,
    assignment,
    rep,
    settler: briefSettler(assignment.id),
  });
}

async function remind(turn: Turn, assignment: Assignment): Promise<void> {
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: assignment.repId } });
  changeAssignment(turn, assignment, { remindedAt: turn.at });
  turn.note({ action: 'assignment.reminded', data: { assignmentId: assignment.id, repId: rep.id } });
  const key = `assignment:${assignment.id}:reminder`;
  await alertRep(turn, { template: 'rep-reminder', key, assignment, rep, settler: reminderSettler(assignment.id) });
}

/** The SLA has passed without a decision: to the next rep of the team. */
async function passOn(turn: Turn, assignment: Assignment): Promise<void> {
  changeAssignment(turn, assignment, {
    status: 'expired',
    decidedAt: turn.at,
    decidedBy: 'system',
    briefDueAt: null,
  });
  turn.note({ action: 'assignment.expired', data: { assignmentId: assignment.id, repId: assignment.repId } });
  turn.changeNeed({ ownerId: null });
  await offerToNextOf(turn, assignment.team, 'the rep before did not react in time');
  turn.isUnfinished = turn.picture.assignment?.status === 'offered';
}
