import type { Cadence, Step } from './cadence.ts';
import { holds, type LeadFacts } from './condition.ts';
import { AppError } from './errors.ts';
import { addSpan, alignToWindow, formatForPeople, NO_HOLIDAYS, type IsHoliday } from './schedule.ts';

/** The step of a cadence that comes next for a lead, and when (epoch milliseconds). */
export interface DueStep {
  stepId: string;
  dueAtMs: number;
}

/** Id of the first step; null in a cadence without steps. */
export function entryStep(cadence: Cadence): string | null {
  return cadence.steps[0]?.id ?? null;
}

/** @throws AppError NOT_FOUND: the cadence has no such step. */
export function stepById(cadence: Cadence, stepId: string): Step {
  const step = cadence.steps.find((one) => one.id === stepId);
  if (!step) throw new AppError('NOT_FOUND', `Cadence ${cadence.cadence} has no step ‘${stepId}’`);
  return step;
}

/** Id of the step after an `email` or `wait`; null at the end of the file, and for the kinds that choose or leave by themselves. */
export function following(cadence: Cadence, stepId: string): string | null {
  const step = stepById(cadence, stepId);
  if (step.kind !== 'email' && step.kind !== 'wait') return null;
  return step.next ?? cadence.steps[cadence.steps.indexOf(step) + 1]?.id ?? null;
}

/**
 * Where a lead stands that reaches a step at an instant. Nobody stands on a `wait`: the lead stands on the step after it,
 * due when the wait (or several in a row) is over and the window is open. An `email` is due when the window is open, a
 * `waitFor` when its time is up, the rest at once. Null: out of content.
 * @throws AppError when waits lead back to themselves, which a validated cadence does not.
 */
export function reach(
  cadence: Cadence,
  stepId: string | null,
  fromMs: number,
  zone: string,
  isHoliday: IsHoliday = NO_HOLIDAYS,
): DueStep | null {
  let at = fromMs;
  let waits = 0;
  for (let id = stepId; id !== null; id = following(cadence, id)) {
    const step = stepById(cadence, id);
    switch (step.kind) {
      case 'wait':
        at = addSpan(at, step.for, zone, isHoliday);
        waits += 1;
        if (waits > cadence.steps.length)
          throw new AppError('PLAYBOOK_INVALID', `Waits of ${cadence.cadence} go in a circle`);
        break;
      case 'waitFor':
        return { stepId: id, dueAtMs: addSpan(at, step.within, zone, isHoliday) };
      case 'email':
        return { stepId: id, dueAtMs: alignToWindow(at, cadence.window, zone, isHoliday) };
      case 'branch':
      case 'move':
      case 'exit':
        return { stepId: id, dueAtMs: waits > 0 ? alignToWindow(at, cadence.window, zone, isHoliday) : at };
    }
  }
  return null;
}

/** Id of the step a branch leads to: that of the first case that holds, else the other. */
export function takeBranch(step: Extract<Step, { kind: 'branch' }>, facts: LeadFacts): string {
  return step.cases.find((one) => holds(one.when, facts))?.go ?? step.otherwise;
}

/** One line a marketer understands: "Wait until Tue 1 Dec 09:00 Europe/Berlin for ‘case-study’". */
export function describeNext(cadence: Cadence, stepId: string, dueAtMs: number, zone: string): string {
  const step = stepById(cadence, stepId);
  const until = formatForPeople(dueAtMs, zone);
  return step.kind === 'waitFor'
    ? `Wait for ${step.event} until ${until} at ‘${stepId}’`
    : `Wait until ${until} for ‘${stepId}’`;
}
