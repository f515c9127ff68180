import type { Actor } from '../domain/actor.ts';
import { factsAssessed } from '../domain/assessment.ts';
import { countOf } from '../domain/count-of.ts';
import { scaled } from '../domain/score.ts';
import { newId } from '../domain/ids.ts';
import type { RejectFollow } from '../domain/reasons.ts';
import { spanToMs, spanToText } from '../domain/schedule.ts';
import type { ClosedStage } from '../domain/stage.ts';
import type { TouchRead } from '../store/campaign-of-touch.ts';
import type { Need } from '../store/generated/client.ts';
import { giveTurnBack } from '../store/process/reps.ts';
import { endTasksOfTurn } from '../store/process/tasks.ts';
import { ringLongestWaiting } from '../store/process/waiting.ts';
import { insertRow } from '../store/rows.ts';
import { requestOf, type TouchRequest } from '../store/capture/touch.ts';
import { changeAssignment } from './assignment.ts';
import { enroll, leaveAll, leaveCadences } from './enrollment.ts';
import type { Turn } from './turn.ts';

/**
 * Opens a need for a request (or for a command, without one) and makes it the lead's current need. The threshold is armed. For a later
 * need only engagement from the request on counts.
 */
export async function openNeed(turn: Turn, touch: TouchRead | null, because: string): Promise<void> {
  const isFirst = turn.picture.need === null;
  const asked = touch === null ? {} : requestOf(touch);
  turn.writeNeed();
  const stated = { id: newId('need'), leadId: turn.lead.id, openedAt: turn.at, ...statedPart(asked) };
  const need = await insertRow(turn.tx, 'needs', stated);
  turn.picture.need = need;
  turn.picture.assignment = null;
  if (touch !== null) turn.picture.needTouch = touch;
  turn.changeLead({ needId: need.id, ownerId: null });
  // For the first need all engagement counts, also a high-intent form in the request. For a later need only later engagement counts.
  if (!isFirst) {
    turn.changeLead({
      armed: true,
      armedAt: new Date((touch?.occurredAt ?? turn.at).getTime() - 1),
      coolOffUntil: null,
      qualifiedAt: null,
      qualifiedBy: null,
    });
  }
  turn.note({ action: 'need.opened', data: { needId: need.id, because } });
  turn.changeStage('new', because, isFirst ? null : turn.stage);
}

/**
 * Adds a further request to the open need. A known value is overwritten only if the request states it, and never by a request with a
 * public key.
 */
export function addToNeed(turn: Turn, touch: TouchRead): void {
  const asked = requestOf(touch);
  const { need } = turn.picture;
  const assessed = new Set<string>(need === null ? [] : factsAssessed(need, turn.atMs));
  // What a person found out outranks what a form states, until it is too old.
  const stated = Object.fromEntries(
    Object.entries(statedPart(asked)).filter(([field]) => !assessed.has(field)),
  ) as Partial<Need>;
  turn.changeNeed(asked.fillsOnly === true && need !== null ? unknownOnly(need, stated) : stated);
}

/** An amount and its currency belong together. `researching` is the maturity of a need of which nothing is known. */
function unknownOnly(need: Need, stated: Partial<Need>): Partial<Need> {
  const isUnknown = (field: keyof Need): boolean => {
    if (field === 'currency') return need.valueMinor === null;
    if (field === 'maturity') return need.maturity === 'researching';
    return need[field] === null || need[field] === 'unknown';
  };
  const entries = Object.entries(stated).filter(([field]) => isUnknown(field as keyof Need));
  return Object.fromEntries(entries);
}

function statedPart(asked: TouchRequest) {
  return {
    ...(asked.needType === undefined ? {} : { type: asked.needType }),
    ...(asked.productLine === undefined ? {} : { productLine: asked.productLine }),
    ...(asked.maturity === undefined ? {} : { maturity: asked.maturity }),
    ...(asked.budget === undefined ? {} : { budget: asked.budget }),
    ...(asked.authority === undefined ? {} : { authority: asked.authority }),
    ...(asked.need === undefined ? {} : { needKnown: asked.need }),
    ...(asked.timing === undefined ? {} : { timing: asked.timing }),
    ...(asked.valueMinor === undefined ? {} : { valueMinor: BigInt(asked.valueMinor) }),
    ...(asked.currency === undefined ? {} : { currency: asked.currency }),
  };
}

/** Closes the current need. A hand-off under way is withdrawn. */
export function closeNeed(turn: Turn, stage: ClosedStage, outcome: string, reason: string | null, actor: Actor): void {
  const { need, assignment } = turn.picture;
  if (stage === 'disqualified') leaveAll(turn, `need closed: ${outcome}`);
  else leaveCadences(turn, `need closed: ${outcome}`);
  turn.send(endTasksOfTurn(turn.tx, turn.lead.id, turn.at));
  const isOffered = assignment?.status === 'offered';
  // From now on no rep is told of the need by mail.
  const isAtWork = assignment?.status === 'accepted' && assignment.closedAt === null;
  if (
    assignment !== null &&
    (isOffered || isAtWork || assignment.briefDueAt !== null || assignment.requestsDueAt !== null)
  ) {
    changeAssignment(turn, assignment, {
      ...(isOffered && { status: 'withdrawn', decidedAt: turn.at, decidedBy: 'system' }),
      ...(isAtWork && { closedAt: turn.at }),
      briefDueAt: null,
      briefAttempts: 0,
      requestsDueAt: null,
    });
  }
  if (assignment !== null && need !== null && need.closedAt === null) {
    // Who got spam was not helped by the turn; who lost a deal was.
    if (stage === 'disqualified' && givesTurnBack(turn, reason)) turn.send(giveTurnBack(turn.tx, assignment.repId));
    if (assignment.status === 'accepted') turn.send(ringLongestWaiting(turn.tx, assignment.repId, need.id));
  }
  turn.changeLead({ armed: false, qualifiedAt: null, coolOffUntil: null });
  // The outcome of a closed need stays: it is history, also when a won lead is later found to be a duplicate.
  if (need !== null && need.closedAt === null) {
    turn.changeNeed({ outcome, outcomeReason: reason, closedAt: turn.at, waitingBecause: null });
    turn.note(
      { action: 'need.closed', data: { needId: need.id, stage, ...(reason === null ? {} : { reason }) } },
      actor,
    );
  }
  turn.changeStage(stage, reason === null ? outcome : `${outcome}: ${reason}`);
}

function givesTurnBack(turn: Turn, reason: string | null): boolean {
  const follow = turn.playbook.reasons.find((one) => one.reason === reason)?.follow;
  return follow?.kind === 'disqualify' && follow.givesTurnBack === true;
}

/**
 * Sends the lead back to the nurture pool: it gets the reason's cadence and cool-off, the score is changed, and the threshold is armed
 * again for engagement from now on. The need keeps its owner, who gets the lead back when it is ready. A need that was sent back too often
 * is dormant instead: it gets no cadence.
 */
export async function recycle(
  turn: Turn,
  follow: Extract<RejectFollow, { kind: 'recycle' }>,
  reason: string,
): Promise<void> {
  const { need } = turn.picture;
  if (need === null) return;
  const coolOffUntil = new Date(turn.atMs + spanToMs(follow.coolOff));
  await lowerScore(turn, follow.score);
  turn.changeNeed({ recycleCount: need.recycleCount + 1, waitingBecause: null, outcome: null, outcomeReason: null });
  turn.changeLead({ ownerId: null, armed: true, armedAt: turn.at, coolOffUntil, qualifiedAt: null, qualifiedBy: null });
  turn.note({
    action: 'lead.recycled',
    data: {
      cadence: follow.cadence,
      coolOffUntil: coolOffUntil.toISOString(),
      score: follow.score,
      recycleCount: need.recycleCount,
    },
  });
  leaveCadences(turn, 'recycled');
  turn.send(endTasksOfTurn(turn.tx, turn.lead.id, turn.at));
  if (follow.limit !== undefined && need.recycleCount > follow.limit)
    return turn.changeStage(
      'dormant',
      `sent back: ${reason}, ${countOf(need.recycleCount, 'time')} by now, of at most ${follow.limit}`,
    );
  turn.changeStage('nurturing', `sent back: ${reason}, cooling off for ${spanToText(follow.coolOff)}`);
  await enroll(turn, follow.cadence, { via: 'recycle', because: `sent back: ${reason}` });
}

async function lowerScore(turn: Turn, effect: 'keep' | 'halve' | 'reset'): Promise<void> {
  if (effect === 'keep') return;
  const { lead, atMs, taken } = scaled(turn.lead, effect === 'halve' ? 0.5 : 0, turn.atMs, turn.playbook.scoring);
  const occurredAt = new Date(atMs);
  const rule = `recycle: ${effect}`;
  await turn.tx.scoreEntry.createMany({
    data: taken.map(({ group: scoreGroup, ...change }) => ({
      leadId: lead.id,
      rule,
      scoreGroup,
      ...change,
      occurredAt,
    })),
  });
  const { score, scoreAt, scoreParts } = lead;
  turn.changeLead({ score, scoreAt, scoreParts });
}
