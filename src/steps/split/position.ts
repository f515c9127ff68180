import type { Step } from '../../domain/cadence.ts';
import { dueAtOnce, type StepPosition, waitsUntilDue } from '../position.ts';

/** The share that gets nothing more from the cadence; the name of its arm. */
export const HOLDOUT = 'holdout';

/** Sends each lead down one of several ways, by weight. A lead that comes again gets the same arm. */
export type SplitStep = {
  id: string;
  kind: 'split';
  arms: readonly Arm[];
  /** Above 0 and below 1: the share of leads for which the cadence ends here, so that it can be seen what it brings. */
  holdout?: number;
};

export interface Arm {
  arm: string;
  /** Above 0; shares are in proportion. */
  weight: number;
  /** The step that the arm begins with. */
  go: string;
}

export const splitPosition: StepPosition<SplitStep> = {
  time: 'none',
  startsListening: false,
  toldBy: 'step',
  due: dueAtOnce,
  ways: (step) => [
    ...step.arms.map(({ arm, go }) => ({
      go: 'to' as const,
      stepId: go,
      when: `${arm} (${percent(shareOf(step, arm))})`,
    })),
    ...(step.holdout === undefined ? [] : [{ go: 'out' as const, because: `${HOLDOUT} (${percent(step.holdout)})` }]),
  ],
  led: ({ arms }, recorded) => arms.find(({ arm }) => arm === recorded)?.go ?? null,
  waiting: waitsUntilDue,
  label: ({ arms }) => `Split: ${arms.map(({ arm }) => arm).join(', ')}`,
};

/**
 * The arm of a lead: the one that it was given before, as long as the step still has it, otherwise by its share.
 * @param share From 0 up to 1, always the same for this lead and step
 */
export function armFor(step: SplitStep, share: number, before: string | null): Arm | typeof HOLDOUT {
  const { arms, holdout = 0 } = step;
  if (before === HOLDOUT && holdout > 0) return HOLDOUT;
  const kept = arms.find(({ arm }) => arm === before);
  if (kept !== undefined) return kept;
  if (share < holdout) return HOLDOUT;
  // What is left of the share, as a place on the line of all weights.
  let left = ((share - holdout) / (1 - holdout)) * totalOf(step);
  for (const one of arms) {
    if (left < one.weight) return one;
    left -= one.weight;
  }
  return arms.at(-1) ?? HOLDOUT;
}

/** The share of all leads that an arm is meant to get, from 0 to 1. */
function shareOf(step: SplitStep, arm: string): number {
  const weight = step.arms.find((one) => one.arm === arm)?.weight ?? 0;
  return (weight / totalOf(step)) * (1 - (step.holdout ?? 0));
}

function totalOf({ arms }: SplitStep): number {
  return arms.reduce((sum, { weight }) => sum + weight, 0);
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}

/** The arms of all splits of a cadence, the holdout among them. */
export function armsOf({ steps }: { steps: readonly Step[] }): { stepId: string; arm: string }[] {
  return steps.flatMap((step) => {
    if (!isSplit(step)) return [];
    const names = [...step.arms.map(({ arm }) => arm), ...(step.holdout === undefined ? [] : [HOLDOUT])];
    return names.map((arm) => ({ stepId: step.id, arm }));
  });
}

function isSplit(step: Step): step is SplitStep {
  return step.kind === 'split';
}
