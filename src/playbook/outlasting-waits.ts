/** The waits of a cadence one after the other, for a lead that does nothing on its way. */
import type { Step } from '../domain/cadence.ts';
import { stepsOf, waysFrom } from '../steps/next-step.ts';

/** The waits before a step, in their order, and how long they are together. */
export interface WaitsBefore {
  /** Milliseconds. */
  ms: number;
  waits: readonly Step[];
}

/**
 * For each step that a lead reaches without doing anything: the shortest way to it. Of a step that waits for something only the way on after it
 * did not come is gone. `lengthOf`: milliseconds that a step takes.
 */
export function waitsBefore(steps: readonly Step[], lengthOf: (step: Step) => number): Map<string, WaitsBefore> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const found = new Map<string, WaitsBefore>();
  const open: { step: Step; before: WaitsBefore }[] = steps.slice(0, 1).map((step) => ({
    step,
    before: { ms: 0, waits: [] },
  }));
  for (let one = open.shift(); one !== undefined; one = open.shift()) {
    const { step, before } = one;
    if ((found.get(step.id)?.ms ?? Infinity) <= before.ms) continue;
    found.set(step.id, before);
    const ms = lengthOf(step);
    const after = ms === 0 ? before : { ms: before.ms + ms, waits: [...before.waits, step] };
    const ways = waysFrom({ steps }, step);
    const next = step.kind === 'waitFor' ? ways.slice(-1) : ways;
    open.push(
      ...next
        .flatMap(stepsOf)
        .flatMap((id) => byId.get(id) ?? [])
        .map((to) => ({ step: to, before: after })),
    );
  }
  return found;
}
