import { isClosed, isInNurturePool } from '../domain/stage.ts';
import type { Touch } from '../store/generated/client.ts';
import { endEnrollment, enrol, bestCadence } from './enrolment.ts';
import { offer, offerToTeam, teamOf, changeAssignment } from './hand-off.ts';
import { addToNeed, openNeed, requestOf } from './need.ts';
import { claimRepMail } from './rep-mail.ts';
import type { Turn } from './turn.ts';

/**
 * Takes the requests that came in into account, one by one, by the table in docs/resubmission.md: a new need, an addition to
 * the open one, or a mere record. At most one tells the owner in a turn; the rest follow in the next.
 */
export async function takeIn(turn: Turn): Promise<void> {
  for (const touch of turn.picture.unhandled) {
    await takeInOne(turn, touch);
    await turn.tx.touch.update({
      where: { id: touch.id },
      data: { handledAt: turn.at, needId: turn.picture.need?.id ?? null },
    });
    touch.handledAt = turn.at;
    if (turn.delivery !== null) return;
  }
}

async function takeInOne(turn: Turn, touch: Touch): Promise<void> {
  if (turn.stage === 'disqualified' && turn.picture.need !== null) {
    turn.note({ action: 'request.recorded', data: { touchId: touch.id, because: 'the lead is disqualified: nothing is sent' } });
    return;
  }
  if (turn.picture.need === null || isClosed(turn.stage) || turn.stage === 'dormant') {
    await openFor(turn, touch);
  } else if (isInNurturePool(turn.stage)) {
    addToNeed(turn, touch);
    await preemptIfBetter(turn);
  } else {
    await tellOwner(turn, touch);
  }
  await enterAtStage(turn, touch);
}

async function openFor(turn: Turn, touch: Touch): Promise<void> {
  const { need } = turn.picture;
  if (need !== null && need.closedAt === null) turn.changeNeed({ outcome: 'lapsed', closedAt: turn.at });
  // Content after a sale gives way to a new need: one cadence at a time.
  await endEnrollment(turn, 'a new need');
  await openNeed(turn, touch, need === null ? 'first request' : `a new request in stage ${turn.stage}`);
}

/** A new request may make a better cadence fit: it preempts the one that runs, explicitly. */
async function preemptIfBetter(turn: Turn): Promise<void> {
  const { enrollment } = turn.picture;
  if (enrollment === null) return;
  const { cadence, because } = await bestCadence(turn);
  if (cadence === null || cadence.cadence === enrollment.cadence) return;
  if (cadence.priority <= enrollment.cadenceAsPinned.priority) return;
  await endEnrollment(turn, `preempted by ${cadence.cadence}`);
  await enrol(turn, cadence.cadence, 'trigger', because);
}

/** Sales has the lead: the request is added to the open need and its owner is told. */
async function tellOwner(turn: Turn, touch: Touch): Promise<void> {
  const { need, assignment, lead } = turn.picture;
  addToNeed(turn, touch);
  turn.note({ action: 'request.added', data: { touchId: touch.id, needId: need?.id ?? '' } });
  if (assignment === null || lead.ownerId === null) return;
  const rep = await turn.tx.rep.findUnique({ where: { id: lead.ownerId } });
  if (rep === null) return;
  const what = [touch.how, touch.source, touch.campaign].filter(Boolean).join(', ');
  await claimRepMail(turn, {
    template: 'rep-request-added',
    key: `touch:${touch.id}:owner`,
    assignment,
    rep,
    purpose: { kind: 'notice' },
    request: { what, when: turn.words(touch.occurredAt.getTime()) },
  });
}

/** A ready buyer or a referral enters with sales at once. */
async function enterAtStage(turn: Turn, touch: Touch): Promise<void> {
  const { enterAt } = requestOf(touch);
  if (enterAt === undefined || !isInNurturePool(turn.stage)) return;
  const because = `entered at ${enterAt.stage}`;
  await endEnrollment(turn, because);
  turn.changeLead({ armed: false, qualifiedAt: turn.at, qualifiedBy: because });
  turn.changeStage('qualified', because);
  const owner = enterAt.owner === undefined ? null : await turn.tx.rep.findUnique({ where: { key: enterAt.owner } });
  const team = owner?.teams[0];
  if (owner !== null && team !== undefined) await offerToTeam(turn, teamOf(turn, team).team, because, owner);
  else if (enterAt.stage === 'opportunity') await offer(turn);
  if (enterAt.stage !== 'opportunity') return;
  const { assignment } = turn.picture;
  if (assignment === null || assignment.status !== 'offered') return;
  await changeAssignment(turn, assignment, { status: 'accepted', decidedAt: turn.at, decidedBy: 'system', dueAt: null, remindAt: null });
  turn.changeNeed({ ownerId: assignment.repId, ...(enterAt.funnelStage === undefined ? {} : { funnelStage: enterAt.funnelStage }) });
  turn.changeStage('opportunity', because);
}
