import type { StepPerformer } from '../performer.ts';
import type { WaitStep } from './position.ts';

/** Nobody stands on a wait: who does all the same, goes on. */
export const performWait: StepPerformer<WaitStep> = {
  async perform(work) {
    await work.goOn();
    return true;
  },
};
