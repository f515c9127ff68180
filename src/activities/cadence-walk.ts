import { explainCondition, holds } from '../domain/condition.ts';
import { following, stepById, takeBranch } from '../domain/next-step.ts';
import { isInNurturePool } from '../domain/stage.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { endEnrollment, enroll, enrollInBest, runOut } from './enrollment.ts';
import { goTo, metBy, performed } from './position.ts';
import { prepareEmail } from './send-step.ts';
import type { Turn } from './turn.ts';

/** A validated cadence has no circle without a wait; this bounds what one transaction does all the same. */
const MOST_STEPS = 100;

/**
 * Goes on in the lead's cadence: performs what is due until the lead stands before something that is not, or a message is
 * claimed and to be delivered. A lead in the pool without a cadence gets one, or becomes dormant.
 */
export async function walk(turn: Turn): Promise<void> {
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const { enrollment } = turn.picture;
    if (enrollment === null) {
      if (turn.stage !== 'new' && turn.stage !== 'nurturing') return;
      if ((await hasLeft(turn)) || !(await findCadence(turn))) return;
      continue;
    }
    if ((await hasLeft(turn)) || (await hasExited(turn, enrollment))) return;
    const went = await performDue(turn, enrollment);
    if (!went || turn.delivery !== null) return;
  }
}

async function findCadence(turn: Turn): Promise<boolean> {
  const { enrolled, because } = await enrollInBest(turn);
  if (!enrolled) turn.changeStage('dormant', because);
  return enrolled;
}

/** Who said no to mail is in no cadence. */
async function hasLeft(turn: Turn): Promise<boolean> {
  const answer = await turn.mayMail();
  if (answer.may || answer.reason !== 'unsubscribed') return false;
  endEnrollment(turn, 'unsubscribed');
  if (isInNurturePool(turn.stage)) turn.changeStage('dormant', 'the lead unsubscribed');
  return true;
}

async function hasExited(turn: Turn, enrollment: ActiveEnrollment): Promise<boolean> {
  const { exit } = enrollment.cadenceAsPinned;
  if (exit === undefined || !holds(exit.when, await turn.facts())) return false;
  endEnrollment(turn, exit.reason);
  if (isInNurturePool(turn.stage)) turn.changeStage('dormant', `exit of ${enrollment.cadence}: ${exit.reason}`);
  return true;
}

/** Performs the step the lead stands before, if it is due. Answers whether it was. */
async function performDue(turn: Turn, enrollment: ActiveEnrollment): Promise<boolean> {
  const cadence = enrollment.cadenceAsPinned;
  if (enrollment.stepId === null) {
    await runOut(turn, cadence);
    return true;
  }
  const step = stepById(cadence, enrollment.stepId);
  const isDue = enrollment.dueAt !== null && enrollment.dueAt.getTime() <= turn.atMs;
  if (step.kind === 'waitFor') {
    const eventId = metBy(turn, enrollment);
    if (eventId === null && !isDue) return false;
    performed(turn, enrollment, step.kind, eventId === null ? 'it did not come in time' : `came: ${eventId}`);
    await goTo(turn, enrollment, eventId === null ? step.otherwise : step.then);
    return true;
  }
  if (!isDue) return false;
  switch (step.kind) {
    case 'wait':
      await goTo(turn, enrollment, following(cadence, step.id));
      return true;
    case 'branch': {
      const to = takeBranch(step, await turn.facts());
      const taken = step.cases.find((one) => one.go === to);
      performed(
        turn,
        enrollment,
        step.kind,
        `to ${to}${taken === undefined ? ' (else)' : `: ${explainCondition(taken.when)}`}`,
      );
      await goTo(turn, enrollment, to);
      return true;
    }
    case 'move':
      performed(turn, enrollment, step.kind, `to ${step.cadence}`);
      endEnrollment(turn, `moved to ${step.cadence}`, 'completed');
      await enroll(turn, step.cadence, 'move', `${cadence.cadence} moves on to ${step.cadence}`);
      return true;
    case 'exit':
      performed(turn, enrollment, step.kind, step.reason);
      endEnrollment(turn, step.reason, 'completed');
      if (cadence.purpose === 'nurture') turn.changeStage('dormant', `exit of ${cadence.cadence}: ${step.reason}`);
      return true;
    case 'email':
      return prepareEmail(turn, enrollment, step);
  }
}
