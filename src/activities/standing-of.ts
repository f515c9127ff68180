import { isTold } from '../domain/assignment.ts';
import { shownScore } from '../domain/score-words.ts';
import { ourPartOf } from '../domain/history-words.ts';
import { shownSource } from '../domain/known-sources.ts';
import { ANSWER, LOOK, type Next, type Standing } from '../domain/standing.ts';
import { scoreAtMs } from '../domain/score.ts';
import { kindOf } from '../steps/kinds.ts';
import { performerOf } from '../steps/performers.ts';
import { isOver } from './dated.ts';
import { placeOf } from './position.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import type { Turn } from './turn.ts';
import { noticeDueAt } from './untold.ts';
import { clocksOf } from './with-rep.ts';

type Stands = { next: Next; because: string };

/**
 * Decides from the rows where the lead stands and what its process does next. Nothing else decides this. The answer is kept in the
 * process's history, so it has keys and ids and no text that a person wrote.
 */
export function standingOf(turn: Turn): Standing {
  const { lead, assignment, enrollment } = turn.picture;
  const { next, because } = nextOf(turn);
  return {
    stage: turn.stage,
    score: shownScore(scoreAtMs(lead, turn.atMs, turn.playbook.scoring)),
    grade: lead.fitGrade,
    source: shownSource(lead.source, turn.playbook),
    cadence: enrollment?.cadence ?? null,
    ownerId: lead.ownerId,
    assignment: assignment === null ? null : { id: assignment.id, repId: assignment.repId, status: assignment.status },
    paused: lead.pausedAt !== null,
    held: lead.heldAt !== null,
    forwarded: lead.clockOffsetMs !== 0n || lead.clockMovingSince !== null,
    next,
    because,
  };
}

function nextOf(turn: Turn): Stands {
  const { lead } = turn.picture;
  if (lead.heldAt !== null) {
    return {
      next: { kind: 'stopped', summary: 'Held until somebody resumes it' },
      because:
        lead.heldReason === null
          ? 'It could not go on.'
          : `Held: ${ourPartOf(lead.heldReason)}. The lead has the whole reason.`,
    };
  }
  if (lead.pausedAt !== null) {
    return {
      next: { kind: 'stopped', summary: 'Paused until somebody resumes it' },
      because: `It is paused since ${turn.words(lead.pausedAt.getTime())}.`,
    };
  }
  // The bell has been heard, and a turn takes in so many requests only. So the process must come back for the rest.
  if (turn.picture.hasMoreUnhandled || turn.picture.unhandled.some((touch) => touch.handledAt === null)) {
    return {
      next: { kind: 'step', stepId: LOOK, dueAtMs: turn.atMs, summary: 'Take in a further request' },
      because: 'A request came in.',
    };
  }
  return withAnswer(turn, withReminders(turn, inStage(turn)));
}

/** Reminders fall due in every stage, beside all else. */
function withReminders(turn: Turn, main: Stands): Stands {
  let first = main;
  for (const reminder of turn.picture.reminders) {
    const stands = atStep(turn, reminder);
    if (stands === null || (turn.onPause(reminder.cadence) !== null && stands.next.dueAtMs <= turn.atMs)) continue;
    const [dueMs, firstMs] = [turn.dueAtMs(stands.next), turn.dueAtMs(first.next)];
    if (dueMs !== null && (firstMs === null || dueMs < firstMs)) first = { ...stands, because: main.because };
  }
  return first;
}

/** A request that is to be answered is due in every stage, beside all else. */
function withAnswer(turn: Turn, rest: Stands): Stands {
  const dueAtMs = turn.lead.answerDueAt?.getTime() ?? null;
  const restMs = turn.dueAtMs(rest.next);
  if (dueAtMs === null || turn.onPause() !== null || (restMs !== null && restMs <= dueAtMs)) return rest;
  const summary = `Wait until ${turn.words(dueAtMs)} to answer a request`;
  return { next: { kind: 'step', stepId: ANSWER, dueAtMs, summary }, because: rest.because };
}

function inStage(turn: Turn): Stands {
  switch (turn.stage) {
    case 'qualified':
      return whenQualified(turn);
    case 'assigned':
      return whenAssigned(turn);
    case 'qualifying':
    case 'accepted':
    case 'opportunity':
      return withRep(turn);
    default:
      return inCadence(turn);
  }
}

/** What is due is held, with no timer: whoever lifts the pause rings. */
function whileOnPause(turn: Turn, stepId: string, because: string, coolOffMs: number | null): Stands {
  if (coolOffMs === null || coolOffMs <= turn.atMs)
    return {
      next: { kind: 'stopped', summary: `${because}: ‘${stepId}’ waits until it is resumed` },
      because: `${because}.`,
    };
  const summary = `${because}. Wait until ${turn.words(coolOffMs)} for the end of the cool-off`;
  return { next: { kind: 'step', stepId, dueAtMs: coolOffMs, summary }, because: `${because}.` };
}

const WAITS_FOR: Readonly<Record<string, string>> = {
  room: 'Wait for room',
  hours: 'Wait until a rep is at work',
  error: 'Wait until the routing is mended',
};

function whenQualified(turn: Turn): Stands {
  const waiting = turn.picture.need?.waitingBecause ?? null;
  if (waiting !== null)
    return { next: { kind: 'person', summary: 'Waits for a person to route it' }, because: waiting };
  const { waitingFor = null, waitingWhy = null, tryAgainAt = null } = turn.picture.need ?? {};
  if (waitingFor !== null && tryAgainAt !== null) {
    const dueAtMs = tryAgainAt.getTime();
    const summary = `${WAITS_FOR[waitingFor] ?? 'Wait'}, or look again ${turn.words(dueAtMs)}`;
    return { next: { kind: 'step', stepId: LOOK, dueAtMs, summary }, because: waitingWhy ?? 'No rep has room.' };
  }
  return {
    next: { kind: 'offer', summary: 'Offer to a rep' },
    because: `It qualified by ${turn.lead.qualifiedBy ?? 'readiness'}.`,
  };
}

function whenAssigned(turn: Turn): Stands {
  const { assignment } = turn.picture;
  const runs = assignment !== null && isTold(assignment);
  const clocks = [
    { at: assignment?.briefDueAt ?? null, what: 'to send the brief' },
    { at: noticeDueAt(turn), what: 'to tell the rep of requests' },
    { at: runs && assignment.remindedAt === null ? assignment.remindAt : null, what: 'to remind the rep' },
    { at: runs ? assignment.dueAt : null, what: 'for the rep’s decision' },
  ].flatMap(({ at, what }) => (at === null ? [] : [{ dueAtMs: at.getTime(), what }]));
  const [first] = clocks.toSorted((a, b) => a.dueAtMs - b.dueAtMs);
  const because = `Offered to ${assignment?.repId ?? 'a rep'} by rule ‘${assignment?.rule ?? ''}’.`;
  if (first === undefined) return { next: { kind: 'person', summary: 'Waits for the rep’s decision' }, because };
  return {
    next: {
      kind: 'decision',
      dueAtMs: first.dueAtMs,
      summary: `Wait until ${turn.words(first.dueAtMs)} ${first.what}`,
    },
    because,
  };
}

function withRep(turn: Turn): Stands {
  const because =
    turn.stage === 'qualifying'
      ? 'Tele-sales makes the first contact and completes what is known of the need.'
      : `A rep has it in stage ${turn.stage}.`;
  const clocks = [
    { at: turn.picture.assignment?.briefDueAt ?? null, what: 'to tell the rep' },
    { at: noticeDueAt(turn), what: 'to tell the rep' },
    ...clocksOf(turn),
  ].flatMap(({ at, what }) => (at === null ? [] : [{ dueAtMs: at.getTime(), what }]));
  const [first] = clocks.toSorted((one, other) => one.dueAtMs - other.dueAtMs);
  if (first === undefined) return { next: { kind: 'nothing', summary: 'With the rep; waits for an outcome' }, because };
  const summary = `Wait until ${turn.words(first.dueAtMs)} ${first.what}`;
  return { next: { kind: 'decision', dueAtMs: first.dueAtMs, summary }, because };
}

function inCadence(turn: Turn): Stands {
  const { enrollment, lead } = turn.picture;
  const stands = enrollment === null ? null : atStep(turn, enrollment);
  if (enrollment === null || stands === null) return atRest(turn);
  const coolOffMs = lead.armed ? (lead.coolOffUntil?.getTime() ?? null) : null;
  if (coolOffMs !== null && coolOffMs > turn.atMs && coolOffMs < stands.next.dueAtMs) {
    const summary = `Wait until ${turn.words(coolOffMs)} for the end of the cool-off`;
    return { next: { ...stands.next, dueAtMs: coolOffMs, summary }, because: stands.because };
  }
  const onPause = turn.onPause(enrollment.cadence);
  if (onPause !== null && stands.next.dueAtMs <= turn.atMs)
    return whileOnPause(turn, stands.next.stepId, onPause, coolOffMs);
  return stands;
}

/** Null at the end of the cadence. */
function atStep(turn: Turn, enrollment: ActiveEnrollment): (Stands & { next: Next & { kind: 'step' } }) | null {
  const place = placeOf(turn, enrollment);
  if (place === null || enrollment.dueAt === null) return null;
  const { step } = place;
  const { id: stepId } = step;
  const { cadence, dueBecause } = enrollment;
  const late = dueBecause === null ? '' : ` It waits because ${dueBecause}.`;
  const because = `Cadence ${cadence}, revision ${enrollment.revision.number}, is at step ‘${stepId}’.${late}`;
  // The awaited event came before the lead reached the step, so no bell rings for it.
  const isMet = (performerOf(step).met?.(place) ?? null) !== null;
  const dueAtMs = isMet || isOver(turn, enrollment, step) ? turn.atMs : enrollment.dueAt.getTime();
  const again = enrollment.attempts > 0 ? ` (attempt ${enrollment.attempts + 1})` : '';
  const summary = `${kindOf(step).position.waiting(step, turn.words(dueAtMs))}${again}`;
  return { next: { kind: 'step', stepId, dueAtMs, summary }, because };
}

function atRest(turn: Turn): Stands {
  // The cadence has ended and the lead is in the pool: it gets another cadence, or becomes dormant.
  if (turn.stage === 'new' || turn.stage === 'nurturing') {
    return {
      next: { kind: 'step', stepId: LOOK, dueAtMs: turn.atMs, summary: 'Look for a cadence' },
      because: 'It is in no cadence.',
    };
  }
  const coolOffMs = turn.lead.coolOffUntil?.getTime() ?? null;
  if (turn.stage === 'dormant' && turn.lead.armed && coolOffMs !== null && coolOffMs > turn.atMs) {
    const summary = `Wait until ${turn.words(coolOffMs)} for the end of the cool-off`;
    return {
      next: { kind: 'step', stepId: 'cool-off', dueAtMs: coolOffMs, summary },
      because: 'It has nothing left to send.',
    };
  }
  const summary =
    turn.stage === 'dormant' ? 'Nothing left to send; listening' : `Nothing is scheduled in stage ${turn.stage}`;
  return { next: { kind: 'nothing', summary }, because: summary };
}
