import type { Cadence } from '../domain/cadence.ts';
import { waysFrom } from './next-step.ts';

/**
 * The new steps of `now` that a lead would have come to which ran out of content in `before`: one as a rule; none when nothing was appended,
 * several when ways that ended apart go on apart.
 */
export function appendedSteps(before: Pick<Cadence, 'steps'>, now: Pick<Cadence, 'steps'>): string[] {
  const known = new Set(before.steps.map(({ id }) => id));
  const ends = before.steps.filter((step) =>
    waysFrom(before, step).some((way) => way.go === 'on' && way.stepId === null),
  );
  const first = ends.flatMap(({ id }) => {
    const step = now.steps.find((one) => one.id === id);
    const on = step === undefined ? undefined : waysFrom(now, step).find((way) => way.go === 'on');
    const next = on !== undefined && 'stepId' in on ? on.stepId : null;
    return next === null || known.has(next) ? [] : [next];
  });
  return [...new Set(first)];
}
