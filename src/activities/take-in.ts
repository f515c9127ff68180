import { enteredAt } from '../domain/queued.ts';
import { isClosed, isInNurturePool, isWithSales } from '../domain/stage.ts';
import type { TouchRead } from '../store/campaign-of-touch.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { ACTIVE_REP } from '../store/process/reps.ts';
import { updateRow } from '../store/rows.ts';
import { requestOf } from '../store/capture/touch.ts';
import { oweAnswer } from './answer.ts';
import { bestCadence, enroll, giveWay, leaveCadences } from './enrollment.ts';
import type { Assignment } from '../store/generated/client.ts';
import { acceptFor, noteAccepted } from './decided.ts';
import { changeAssignment, clocksOnceAccepted } from './assignment.ts';
import { remindOfRequest } from './reminders.ts';
import { regrade } from './grade.ts';
import { offer, offerToRep } from './offer.ts';
import { addToNeed, openNeed } from './need.ts';
import type { Turn } from './turn.ts';
import { awaitNotice } from './untold.ts';

/**
 * Takes in new requests one by one, by the table in docs/resubmission.md: a request opens a need, is added to the open one, or is only
 * recorded. The owner is told later, of all that came, so that a form cannot fill an inbox (untold.ts).
 */
export async function takeIn(turn: Turn): Promise<void> {
  for (const touch of turn.picture.unhandled) {
    if (touch.handledAt !== null || mustWait(turn, touch)) continue;
    await takeInOne(turn, touch);
    touch.needId ??= turn.picture.need?.id ?? null;
    touch.handledAt = turn.at;
    const { handledAt, needId, untoldTo } = touch;
    turn.send(updateRow(turn.tx, 'touches', touch.id, { handledAt, needId, untoldTo }));
  }
}

/** Whether a request waits until the lead is resumed: a paused or held lead is not offered to a rep. */
function mustWait(turn: Turn, touch: TouchRead): boolean {
  return turn.isStopped && !isWithSales(turn.stage) && requestOf(touch).enterAt !== undefined;
}

async function takeInOne(turn: Turn, touch: TouchRead): Promise<void> {
  // By an older version of the engine: the request was added to a need whose owner could not be told, and who no longer has the lead.
  if (touch.needId !== null && !isWithSales(turn.stage)) return;
  if (turn.stage === 'disqualified' && turn.picture.need !== null) {
    turn.note({
      action: 'request.recorded',
      data: { touchId: touch.id, because: 'the lead is disqualified: nothing is sent' },
    });
    return;
  }
  if (turn.picture.need === null || isClosed(turn.stage) || (turn.stage === 'dormant' && !hadQualified(turn, touch))) {
    await openFor(turn, touch);
  } else if (isInNurturePool(turn.stage)) {
    addToNeed(turn, touch);
    await regrade(turn);
    await preemptIfBetter(turn, touch);
  } else {
    await addForOwner(turn, touch);
  }
  if (touch.inbound && turn.lead.sunsetAt !== null) turn.changeLead({ sunsetAt: null });
  await enterAtStage(turn, touch);
  await oweAnswer(turn, touch);
  await remindOfRequest(turn, touch);
}

/** The lead became ready before this request and is about to be handed over: a new need would lose that. */
function hadQualified(turn: Turn, touch: TouchRead): boolean {
  const { qualifiedAt } = turn.lead;
  return qualifiedAt !== null && qualifiedAt < touch.occurredAt;
}

async function openFor(turn: Turn, touch: TouchRead): Promise<void> {
  const { need } = turn.picture;
  if (need !== null && need.closedAt === null) turn.changeNeed({ outcome: 'lapsed', closedAt: turn.at });
  // Content after a sale gives way to a new need: one cadence at a time.
  leaveCadences(turn, 'a new need');
  await openNeed(turn, touch, need === null ? 'first request' : `a new request in stage ${turn.stage}`);
  await regrade(turn);
}

/** After a new request a better cadence may fit. It preempts the running one, and the timeline says so. */
async function preemptIfBetter(turn: Turn, touch: TouchRead): Promise<void> {
  const { enrollment } = turn.picture;
  if (enrollment === null) return;
  const { cadence, because } = await bestCadence(turn, touch);
  if (cadence === null || cadence.cadence === enrollment.cadence) return;
  if (cadence.priority <= priorityNow(turn, enrollment)) return;
  if (turn.picture.suspended.some((one) => one.cadence === cadence.cadence)) return;
  giveWay(turn, enrollment, cadence);
  await enroll(turn, cadence.cadence, { via: 'trigger', because });
}

/** Both priorities are those of the newest revision, although the steps are pinned. A cadence that no longer exists keeps its last one. */
function priorityNow(turn: Turn, { cadence, cadenceAsPinned }: ActiveEnrollment): number {
  return (turn.playbook.cadences.find((one) => one.cadence === cadence) ?? cadenceAsPinned).priority;
}

/** The lead is with sales: adds what the request states to the open need at once, and has its owner told of it. */
async function addForOwner(turn: Turn, touch: TouchRead): Promise<void> {
  const { need } = turn.picture;
  if (need !== null && touch.needId === null) {
    addToNeed(turn, touch);
    await regrade(turn);
    turn.note({ action: 'request.added', data: { touchId: touch.id, needId: need.id } });
    touch.needId = need.id;
  }
  if (requestOf(touch).enteredBy !== turn.picture.assignment?.repId) awaitNotice(turn, touch);
}

/** Its rep has entered the lead: there was nothing to decide, so it counts for no time to decide, and nothing to tell. */
async function acceptAsEntered(turn: Turn, assignment: Assignment): Promise<void> {
  await acceptFor(turn, assignment, assignment.repId);
  changeAssignment(turn, assignment, { offerDecidedAt: null, toldAt: turn.at, dueAt: null, remindAt: null });
  noteAccepted(turn, assignment, { kind: 'rep', repId: assignment.repId, manager: false });
}

/** A ready buyer or a referral goes to sales at once. */
async function enterAtStage(turn: Turn, touch: TouchRead): Promise<void> {
  const { enterAt, ownerRepKey, funnelStage, enteredBy } = requestOf(touch);
  if (enterAt === undefined || !isInNurturePool(turn.stage)) return;
  const because = enteredAt(enterAt);
  leaveCadences(turn, because);
  turn.changeLead({ armed: false, qualifiedAt: turn.at, qualifiedBy: because });
  turn.changeStage('qualified', because);
  const owner =
    ownerRepKey === undefined ? null : await turn.tx.rep.findUnique({ where: { key: ownerRepKey, ...ACTIVE_REP } });
  const team = owner?.teams[0];
  if (owner !== null && team !== undefined) await offerToRep(turn, team, because, owner);
  else if (enterAt === 'opportunity') await offer(turn);
  const { assignment } = turn.picture;
  if (assignment === null || assignment.status !== 'offered') return;
  if (enterAt !== 'opportunity') {
    if (assignment.repId === enteredBy) await acceptAsEntered(turn, assignment);
    return;
  }
  // The rep has nothing to decide. The brief stays due, so that the rep is told of this lead like of any other.
  changeAssignment(turn, assignment, {
    status: 'accepted',
    decidedAt: turn.at,
    decidedBy: 'system',
    dueAt: null,
    remindAt: null,
    ...(await clocksOnceAccepted(turn, assignment)),
  });
  turn.changeNeed({ ownerId: assignment.repId, ...(funnelStage === undefined ? {} : { funnelStage }) });
  turn.changeStage('opportunity', because);
}
