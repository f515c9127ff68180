import { explainCondition } from '../../domain/explain.ts';
import type { StepPerformer } from '../performer.ts';
import { type BranchStep, takeBranch } from './position.ts';

export const performBranch: StepPerformer<BranchStep> = {
  async perform(work) {
    const { step, turn } = work;
    const to = takeBranch(step, await turn.facts(step.cases.map(({ when }) => when)));
    const taken = step.cases.find((one) => one.go === to);
    work.performed(`to ${to}${taken === undefined ? ' (else)' : `: ${explainCondition(taken.when)}`}`);
    await work.goTo(to);
    return true;
  },
};
