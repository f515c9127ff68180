import type { Cadence, Step } from '../domain/cadence.ts';
import { didYouMean } from '../domain/did-you-mean.ts';
import { AppError } from '../domain/errors.ts';
import { atTimeOfDay, nextTimeOfDay } from '../domain/moment.ts';
import { afterSpan, opening, type Timetable } from '../domain/timetable.ts';
import { kindOf, timeOf } from './kinds.ts';
import type { Way } from './position.ts';

/** The step of a cadence that comes next for a lead, and when it is due (epoch milliseconds). */
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

/** What is wrong with a step that the cadence does not have, and which steps it has. */
export function noSuchStep({ cadence, steps }: Pick<Cadence, 'cadence' | 'steps'>, stepId: string): string {
  const ids = steps.map(({ id }) => id);
  return `${cadence} has no step ‘${stepId}’${didYouMean(stepId, ids)}; its steps are ${ids.join(', ')}`;
}

/** Every way on from a step of a cadence. */
export function waysFrom(cadence: Pick<Cadence, 'steps'>, step: Step): readonly Way[] {
  return kindOf(step).position.ways(step, cadence.steps[cadence.steps.indexOf(step) + 1]?.id ?? null);
}

/** Ids of the steps that a way leads to: one, or none when it leaves the cadence. */
export function stepsOf(way: Way): string[] {
  return 'stepId' in way && way.stepId !== null ? [way.stepId] : [];
}

/** Id of the step after a step that simply goes on. Null at the end of the file, and for steps that choose or leave by themselves. */
export function following(cadence: Cadence, stepId: string): string | null {
  const on = waysFrom(cadence, stepById(cadence, stepId)).find((way) => way.go === 'on');
  return on?.stepId ?? null;
}

/**
 * The step at which a lead stays that reaches `stepId` at an instant, and when it is due. No lead stays at a step whose time passes: it
 * goes to the next one, due when that time (or several in a row) is over. Null: out of content.
 * @throws AppError when waits lead back to themselves, which a validated cadence does not.
 */
export function reach(cadence: Cadence, stepId: string | null, fromMs: number, table: Timetable): DueStep | null {
  let atMs = fromMs;
  let waits = 0;
  for (let id = stepId; id !== null; id = following(cadence, id)) {
    const step = stepById(cadence, id);
    const { position } = kindOf(step);
    const startMs = atMs;
    atMs = position.due(step, {
      atMs: startMs,
      hasWaited: waits > 0,
      after: (span) => afterSpan(table, startMs, span),
      atTimeOfDay: (ms, at) => atTimeOfDay(ms, at, table.zone),
      nextTimeOfDay: (days, at) => nextTimeOfDay(startMs, days, at, table.zone),
      inWindow: () => opening(table, startMs, step.id),
    });
    if (timeOf(step) !== 'passes') return { stepId: id, dueAtMs: atMs };
    waits += 1;
    if (waits > cadence.steps.length)
      throw new AppError('PLAYBOOK_INVALID', `Waits of ${cadence.cadence} go in a circle`);
  }
  return null;
}
