import type { StepPerformer } from '../performer.ts';
import type { MoveStep } from './position.ts';

export const performMove: StepPerformer<MoveStep> = {
  async perform(work) {
    work.performed(`to ${work.step.cadence}`);
    await work.moveTo(work.step.cadence);
    return true;
  },
};
