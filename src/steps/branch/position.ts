import { type Condition, holds, type LeadFacts } from '../../domain/condition.ts';
import { explainCondition } from '../../domain/explain.ts';
import { dueAtOnce, type StepPosition, waitsUntilDue } from '../position.ts';

/** Goes to the step of the first condition that holds. */
export type BranchStep = {
  id: string;
  kind: 'branch';
  cases: readonly { when: Condition; go: string }[];
  otherwise: string;
};

export const branchPosition: StepPosition<BranchStep> = {
  time: 'none',
  startsListening: false,
  toldBy: 'step',
  due: dueAtOnce,
  ways: (step) => [
    ...step.cases.map((one) => ({ go: 'to' as const, stepId: one.go, when: explainCondition(one.when) })),
    { go: 'to', stepId: step.otherwise, when: 'else' },
  ],
  led: ({ cases, otherwise }, recorded) =>
    [...cases.map(({ go }) => go), otherwise].find(
      (go) => recorded.startsWith(`to ${go}:`) || recorded === `to ${go} (else)`,
    ) ?? null,
  waiting: waitsUntilDue,
  label: () => 'Branch',
};

/** Id of the step that a branch leads to: the first case that holds, otherwise its `else`. */
export function takeBranch(step: BranchStep, facts: LeadFacts): string {
  return step.cases.find((one) => holds(one.when, facts))?.go ?? step.otherwise;
}
