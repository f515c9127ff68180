import type { Step } from '../domain/cadence.ts';
import type { Intent } from '../effects/channel.ts';
import { claim, lookBack, skip, takeBack } from '../effects/claim.ts';
import { reasonNotToSend } from '../effects/may-go-out.ts';
import type { Settler } from '../effects/settler.ts';
import { following } from '../steps/next-step.ts';
import type { StepWork } from '../steps/performer.ts';
import { performerOf } from '../steps/performers.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { endEnrollment, enroll, runOut } from './enrollment.ts';
import { regrade } from './grade.ts';
import { holdFor } from './hold.ts';
import { comeBack, goTo, inWindow, performed, placeOf, putOff } from './position.ts';
import type { Turn } from './turn.ts';

type StepOfIntent = NonNullable<Intent['step']>;

/** The operations that a step may call on its lead in this turn. */
export function workOn(turn: Turn, enrollment: ActiveEnrollment, step: Step): StepWork {
  const { cadence, cadenceAsPinned } = enrollment;
  const place = { enrollmentId: enrollment.id, stepId: step.id, pass: enrollment.pass };
  const key = `${turn.lead.id}:${place.enrollmentId}:${place.pass}:${place.stepId}`;
  const intent: Intent = { key, audience: 'lead', step: place };
  return {
    turn,
    enrollment,
    step,
    inWindow: () => inWindow(turn, enrollment),
    performed: (result) => performed(turn, enrollment, step.kind, result),
    goOn: () => goTo(turn, enrollment, following(cadenceAsPinned, step.id)),
    goTo: (stepId) => goTo(turn, enrollment, stepId),
    putOff: (dueAtMs, attempts) => putOff(turn, enrollment, dueAtMs, attempts),
    async moveTo(to) {
      endEnrollment(turn, `moved to ${to}`, 'completed');
      await enroll(turn, to, 'move', `${cadence} moves on to ${to}`);
    },
    exit(reason) {
      endEnrollment(turn, reason, 'completed');
      if (cadenceAsPinned.purpose === 'nurture') turn.changeStage('dormant', `exit of ${cadence}: ${reason}`);
    },
    hold: (reason) => holdFor(turn, reason),
    regrade: () => regrade(turn),
    intentKey: key,
    lookBack: () => lookBack(turn, key),
    takeBack: () => takeBack(turn, key),
    reasonNotToSend: (channel, topic) =>
      reasonNotToSend(turn, { channel, topic, nurtures: cadenceAsPinned.purpose === 'nurture' }),
    async claim(channel, draft) {
      turn.claimed = await claim(turn, intent, { channel, draft, settler: stepSettler(place) });
    },
    skip: (channel, content, reason) => skip(turn, intent, { channel, content, reason }),
  };
}

/** The settler of a step's effect: the step decides how the lead goes on, if the lead is still at this step. */
function stepSettler(place: StepOfIntent): Settler<Turn> {
  return {
    // Effects of later steps in the same pass are found by their keys, and are not repeated.
    canRepeat: ({ picture: { enrollment } }) => enrollment !== null && isUnderWay(enrollment, place),
    settled: async (turn, result) => {
      const { enrollment } = turn.picture;
      if (enrollment === null || !isUnderWay(enrollment, place)) return;
      if (result.isLate) await comeBack(turn, enrollment, place.stepId);
      const before = enrollment.stepId === place.stepId ? placeOf(turn, enrollment) : null;
      if (before === null) return;
      await performerOf(before.step).afterOutcome?.(workOn(turn, enrollment, before.step), result);
      if (enrollment.stepId === null) await runOut(turn, enrollment.cadenceAsPinned);
    },
  };
}

/** The lead is in the same pass of the cadence, wherever it stands. */
function isUnderWay({ id, pass }: ActiveEnrollment, place: StepOfIntent): boolean {
  return id === place.enrollmentId && pass === place.pass;
}
