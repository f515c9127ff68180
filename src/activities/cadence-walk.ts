import { holds } from '../domain/condition.ts';
import { isInNurturePool } from '../domain/stage.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { performerOf } from '../steps/performers.ts';
import { endEnrollment, enrollInBest, runOut } from './enrollment.ts';
import { placeOf } from './position.ts';
import { leaveIfQualified } from './qualify.ts';
import { workOn } from './step-work.ts';
import type { Turn } from './turn.ts';

/** The most steps that one transaction performs. A validated cadence has no circle without a wait, so this limit is never met. */
const MOST_STEPS = 100;

/**
 * Goes on in the lead's cadence: performs the due steps until the lead is at a step that is not due, or an effect is claimed that is
 * carried out after this transaction. A lead in the pool without a cadence gets one, or becomes dormant.
 */
export async function walk(turn: Turn): Promise<void> {
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const { enrollment } = turn.picture;
    const grade = turn.lead.fitGrade;
    if (enrollment === null) {
      if (turn.stage !== 'new' && turn.stage !== 'nurturing') return;
      if ((await hasLeft(turn)) || !(await findCadence(turn))) return;
      continue;
    }
    // One message leaves in a turn: an answer is claimed, and the cadence goes on after it.
    if (turn.claimed !== null) return;
    if ((await hasLeft(turn)) || (await hasExited(turn, enrollment))) return;
    const went = await performDue(turn, enrollment);
    if (!went || turn.claimed !== null) return;
    // A step may have changed a field that the grade depends on. After the step that made the lead ready, no step is performed.
    if (turn.lead.fitGrade !== grade && leaveIfQualified(turn)) return;
  }
}

async function findCadence(turn: Turn): Promise<boolean> {
  const { enrolled, because } = await enrollInBest(turn);
  if (!enrolled) turn.changeStage('dormant', because);
  return enrolled;
}

/** A lead that unsubscribed leaves its cadence. */
async function hasLeft(turn: Turn): Promise<boolean> {
  const answer = await turn.mayReach('email');
  if (answer.may || answer.reason !== 'unsubscribed') return false;
  endEnrollment(turn, 'unsubscribed');
  if (isInNurturePool(turn.stage)) turn.changeStage('dormant', 'the lead unsubscribed');
  return true;
}

async function hasExited(turn: Turn, enrollment: ActiveEnrollment): Promise<boolean> {
  const { exit } = enrollment.cadenceAsPinned;
  if (exit === undefined || !holds(exit.when, await turn.facts([exit.when]))) return false;
  endEnrollment(turn, exit.reason);
  if (isInNurturePool(turn.stage)) turn.changeStage('dormant', `exit of ${enrollment.cadence}: ${exit.reason}`);
  return true;
}

/** Performs the step that the lead is at, if the step is due. Returns whether something was done. */
async function performDue(turn: Turn, enrollment: ActiveEnrollment): Promise<boolean> {
  const place = placeOf(turn, enrollment);
  if (place === null) {
    await runOut(turn, enrollment.cadenceAsPinned);
    return true;
  }
  const performer = performerOf(place.step);
  const isDue = enrollment.dueAt !== null && enrollment.dueAt.getTime() <= turn.atMs;
  if (!isDue && (performer.met?.(place) ?? null) === null) return false;
  return performer.perform(workOn(turn, enrollment, place.step));
}
