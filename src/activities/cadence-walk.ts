import type { Step } from '../domain/cadence.ts';
import { holds } from '../domain/condition.ts';
import { saidNoMore } from '../domain/consent.ts';
import { pauseBecause, pauseCausesOf } from '../domain/pause-on.ts';
import { isInNurturePool } from '../domain/stage.ts';
import { type ActiveEnrollment, runningOf } from '../store/process/picture.ts';
import { listen } from '../steps/awaiting.ts';
import { kindOf } from '../steps/kinds.ts';
import type { StepPlace } from '../steps/performer.ts';
import { performerOf } from '../steps/performers.ts';
import { type Awaited, awaitedOf } from '../store/events/awaited.ts';
import { isOver, skipGroup } from './dated.ts';
import { endAtGoal } from './goals.ts';
import { endEnrollment, enrollInBest, isReminder, leaveAll, rest, resumeSuspended, runOut } from './enrollment.ts';
import { forgetWaits, placeOf, putOff } from './position.ts';
import { leaveIfQualified } from './qualify.ts';
import { workOn } from './step-work.ts';
import { hasGoneQuiet } from './sunset.ts';
import type { Turn } from './turn.ts';

/** The most steps that one transaction performs. A validated cadence has no circle without a wait, so this limit is never met. */
const MOST_STEPS = 100;

/**
 * Goes on in the lead's cadence and its reminders: performs the due steps until the lead is at a step that is not due, or an effect is
 * claimed that is carried out after this transaction. A lead in the pool without a cadence gets one, or becomes dormant.
 */
export async function walk(turn: Turn): Promise<void> {
  /** Ids of the enrollments whose step was put off in this turn. */
  const waiting = new Set<string>();
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const { enrollment } = turn.picture;
    const grade = turn.lead.fitGrade;
    const isWithout = enrollment === null && (turn.stage === 'new' || turn.stage === 'nurturing');
    if (!isWithout && runningOf(turn.picture).length === 0) return;
    if (isWithout && ((await hasLeft(turn)) || !(await findCadence(turn)))) continue;
    // One message leaves in a turn: an answer is claimed, and the cadence goes on after it.
    if (turn.claimed !== null) return;
    if (isWithout) continue;
    if ((await hasLeft(turn)) || (await hasGoneQuiet(turn)) || (await haveExited(turn))) continue;
    for (const one of runningOf(turn.picture)) await listenAnew(placeOf(turn, one));
    const due = nextDue(turn, waiting);
    if (due === null) return;
    if (!(await performDue(turn, due))) waiting.add(due.id);
    if (turn.claimed !== null || turn.isStopped) return;
    // A step may have changed a field that the grade depends on. After the step that made the lead ready, no step is performed.
    if (turn.lead.fitGrade !== grade && (await leaveIfQualified(turn))) return;
  }
}

async function findCadence(turn: Turn): Promise<boolean> {
  if (await resumeSuspended(turn)) return true;
  const { enrolled, because } = await enrollInBest(turn);
  if (!enrolled) turn.changeStage('dormant', because);
  return enrolled;
}

/** A lead that unsubscribed, or reported a mail as spam, leaves its cadence and its reminders. */
async function hasLeft(turn: Turn): Promise<boolean> {
  const said = saidNoMore(await turn.mayReach('email'));
  if (said === null) return false;
  leaveAll(turn, said);
  if (isInNurturePool(turn.stage)) turn.changeStage('dormant', `the lead ${said}`);
  return true;
}

/** Ends the cadences and reminders that have reached their goal, or whose exit condition holds. Returns whether one has ended. */
async function haveExited(turn: Turn): Promise<boolean> {
  let any = false;
  for (const enrollment of runningOf(turn.picture)) {
    const { goal, exit } = enrollment.cadenceAsPinned;
    if (goal === undefined && exit === undefined) continue;
    const facts = await turn.facts([goal?.when, exit?.when]);
    const reached = endAtGoal(turn, enrollment, facts);
    if (reached !== null) restAfter(turn, enrollment, `goal of ${enrollment.cadence}: ${reached}`);
    else if (exit !== undefined && holds(exit.when, facts)) {
      endEnrollment(turn, exit.reason, 'ended', enrollment);
      restAfter(turn, enrollment, `exit of ${enrollment.cadence}: ${exit.reason}`);
    } else continue;
    any = true;
  }
  return any;
}

function restAfter(turn: Turn, enrollment: ActiveEnrollment, because: string): void {
  if (!isReminder(enrollment) && isInNurturePool(turn.stage)) rest(turn, because);
}

/** The enrollment whose step has been due the longest, whose awaited event has come, or whose date may have moved. */
function nextDue(turn: Turn, waiting: ReadonlySet<string>): ActiveEnrollment | null {
  const due = runningOf(turn.picture).filter((one) => !waiting.has(one.id) && isDue(turn, one));
  const [first] = due.toSorted((a, b) => (a.dueAt?.getTime() ?? 0) - (b.dueAt?.getTime() ?? 0));
  return first ?? null;
}

function isDue(turn: Turn, enrollment: ActiveEnrollment): boolean {
  const place = placeOf(turn, enrollment);
  if (place === null) return true;
  // Until somebody resumes it, the lead stands where it stands.
  if (turn.onPause(enrollment.cadence) !== null) return false;
  if (enrollment.dueAt !== null && enrollment.dueAt.getTime() <= turn.atMs) return true;
  const performer = performerOf(place.step);
  if (waitsOf(turn, enrollment).some(({ pause, metBy }) => pause === true && metBy !== undefined)) return true;
  if ((performer.met?.(place) ?? null) !== null) return true;
  return isOver(turn, enrollment, place.step) || (performer.revisits?.(place.step) ?? false);
}

/** Performs the step that an enrollment stands before. Returns whether something was done. */
async function performDue(turn: Turn, enrollment: ActiveEnrollment): Promise<boolean> {
  const place = placeOf(turn, enrollment);
  if (place === null) {
    await runOut(turn, enrollment);
    return true;
  }
  if (isOver(turn, enrollment, place.step)) {
    await skipGroup(turn, enrollment, 'the date that it is bound to has passed');
    return true;
  }
  if (await waitsBecause(turn, enrollment, place.step)) return false;
  return performerOf(place.step).perform(workOn(turn, enrollment, place.step));
}

/** Puts off a message while the person is in a conversation with us already. Answers whether it does. */
async function waitsBecause(turn: Turn, enrollment: ActiveEnrollment, step: Step): Promise<boolean> {
  // Whatever made it wait is looked at anew.
  if (waitsOf(turn, enrollment).some(({ pause }) => pause === true)) forgetWaits(turn, enrollment);
  const causes = kindOf(step).position.toldBy === 'send' ? pauseCausesOf(enrollment.cadenceAsPinned) : [];
  if (causes.length === 0) return false;
  const wait = pauseBecause(causes, await turn.pauseFacts(), turn.atMs);
  if (wait === null) return false;
  turn.note({
    action: 'enrollment.waits',
    data: { enrollmentId: enrollment.id, cadence: enrollment.cadence, stepId: step.id, because: wait.cause },
  });
  putOff(turn, enrollment, { dueAtMs: wait.untilMs, attempts: enrollment.attempts });
  // The time of its closing is that of the help desk, and may be some time ago. A step that waits for something else is looked at each day.
  if (wait.cause === 'ticket' && waitsOf(turn, enrollment).length === 0)
    listen({ turn, enrollment, step }, { event: 'ticket.closed', pause: true, since: new Date(0).toISOString() });
  return true;
}

function waitsOf(turn: Turn, { id, stepId }: ActiveEnrollment): Awaited[] {
  return awaitedOf(turn.lead).filter((one) => one.enrollmentId === id && one.stepId === stepId);
}

/**
 * A bulk run that moved the lead leaves it to its process to listen: only that finds what has come already. What no event tells is
 * looked for again.
 */
async function listenAnew(place: StepPlace | null): Promise<void> {
  if (place === null || kindOf(place.step).position.time !== 'listens') return;
  const { turn, enrollment, step } = place;
  const known = awaitedOf(turn.lead).find((one) => one.enrollmentId === enrollment.id && one.stepId === step.id);
  const performer = performerOf(step);
  const isOpen = known?.metBy === undefined && performer.looksAgain?.(step) === true;
  if (known === undefined || isOpen) await performer.arrive?.(place);
}
