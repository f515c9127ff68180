import type { StepPerformer } from '../performer.ts';
import type { WaitStep } from './position.ts';

/** No lead stays at a wait. A lead that is there in spite of this goes on. */
export const performWait: StepPerformer<WaitStep> = {
  async perform(work) {
    await work.goOn();
    return true;
  },
};
