import type { StepPerformer } from '../performer.ts';
import type { ExitStep } from './position.ts';

export const performExit: StepPerformer<ExitStep> = {
  perform(work) {
    work.performed(work.step.reason);
    work.exit(work.step.reason);
    return Promise.resolve(true);
  },
};
