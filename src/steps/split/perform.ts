import { stableShare } from '../../domain/stable-share.ts';
import { armBefore, keepArm } from '../../store/process/arms.ts';
import type { StepPerformer } from '../performer.ts';
import { armFor, HOLDOUT, type SplitStep } from './position.ts';

/** The arm is a row, which reports count, and a line of the timeline. */
export const performSplit: StepPerformer<SplitStep> = {
  async perform(work) {
    const { turn, step, enrollment } = work;
    const place = { leadId: turn.lead.id, cadence: enrollment.cadence, stepId: step.id };
    const share = stableShare(turn.deps.nameInDraws(place.leadId), place.cadence, place.stepId);
    const chosen = armFor(step, share, await armBefore(turn.tx, place));
    const arm = chosen === HOLDOUT ? HOLDOUT : chosen.arm;
    turn.send(keepArm(turn.tx, { ...place, enrollmentId: enrollment.id, arm, occurredAt: turn.at }));
    if (chosen === HOLDOUT) {
      work.performed(`${HOLDOUT}: nothing more from this cadence`);
      work.exit(`held out by the split ‘${step.id}’`);
    } else {
      work.performed(`arm ${arm}`);
      await work.goTo(chosen.go);
    }
    return true;
  },
};
