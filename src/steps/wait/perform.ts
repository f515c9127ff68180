import type { StepPerformer } from '../performer.ts';
import type { WaitStep } from './position.ts';

/** No lead stays at a wait. A lead that an older version left there goes on. */
export const performWait: StepPerformer<WaitStep> = {
  async perform(work) {
    await work.goOn();
    return true;
  },
};
