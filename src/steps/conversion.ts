/** How those who came to a step went on from it, or stayed. */
import type { Cadence } from '../domain/cadence.ts';
import { kindOf } from './kinds.ts';
import { stepsOf, waysFrom } from './next-step.ts';

/** From a step straight to another one that is known. */
export interface Taken {
  /** Null: the run begins. */
  from: string | null;
  /** The arm of a split, or the result of another step; null: nothing was recorded. */
  recorded: string | null;
  /** With a fate: where the run stands or stood, null where that is not known. */
  to: string | null;
  /** Null: the run goes on from there. `done`: it ended there, and nobody was lost. */
  fate: 'here' | 'qualified' | 'left' | 'done' | null;
}

export interface Conversion {
  /** How often each way of the picture was taken, by `FROM>TO`. */
  taken: ReadonlyMap<string, number>;
  /** How many are known to have come to each step. */
  came: ReadonlyMap<string, number>;
  /** How many of these went on, whatever way, the end of the cadence among them. */
  on: ReadonlyMap<string, number>;
  /** How many of these are there no more: they went on, left or qualified. */
  left: ReadonlyMap<string, number>;
}

type Steps = Pick<Cadence, 'steps'>;

/**
 * A step whose time passes leaves no trace: who went from one known step to another went the shortest way between them, beginning with
 * what was recorded of a step that chooses. Ways that the cadence does not have, of an earlier revision, count for what was left and for
 * no way. For each step: came = on + qualified + left + here.
 */
export function conversionOf(cadence: Steps, ways: readonly (Taken & { times: number })[]): Conversion {
  const count = () => new Map<string, number>();
  const conversion = { taken: count(), came: count(), on: count(), left: count() };
  const add = (to: Map<string, number>, key: string, times: number) => to.set(key, (to.get(key) ?? 0) + times);
  for (const way of ways) {
    const { passed, isKnown } = passedBy(cadence, way);
    const end = passed.at(-1);
    for (const [n, step] of passed.entries()) {
      if (n > 0 || way.from === null) add(conversion.came, step, way.times);
      const next = passed[n + 1];
      if (next === undefined) continue;
      add(conversion.on, step, way.times);
      add(conversion.left, step, way.times);
      if (isKnown) add(conversion.taken, `${step}>${next}`, way.times);
    }
    if (end === undefined || way.fate === null) continue;
    if (way.fate === 'done' || way.to === null) add(conversion.on, end, way.times);
    if (way.fate !== 'here') add(conversion.left, end, way.times);
  }
  return conversion;
}

/** Whether a run with that piece went from one step to the next one of the picture. */
export function passesAlong(cadence: Steps, taken: Taken, way: { from: string; to: string }): boolean {
  const { passed, isKnown } = passedBy(cadence, taken);
  return isKnown && passed.some((step, n) => step === way.from && passed[n + 1] === way.to);
}

/** Ids of the steps from the first to the last, and whether the cadence has a way between them. */
function passedBy(cadence: Steps, { from, recorded, to, fate }: Taken): { passed: string[]; isKnown: boolean } {
  if (from === null) {
    const [entry] = cadence.steps;
    if (to === null) return { passed: [], isKnown: false };
    const passed = entry === undefined ? null : shortestWay(cadence, entry.id, to);
    return { passed: passed ?? [to], isKnown: true };
  }
  if (to === null || to === from) return { passed: [from], isKnown: true };
  const step = cadence.steps.find(({ id }) => id === from);
  const led = step === undefined || recorded === null ? null : (kindOf(step).position.led?.(step, recorded) ?? null);
  const further = led === null ? null : shortestWay(cadence, led, to);
  if (further !== null) return { passed: [from, ...further], isKnown: true };
  const passed = shortestWay(cadence, from, to);
  // The step that ended a run, an exit or the last mail, may come after the wait that the lead was sent to last.
  if (passed === null && fate === 'done') return { passed: [from], isKnown: true };
  return { passed: passed ?? [from, to], isKnown: passed !== null };
}

/** The ids of the steps on it, both ends included; null where no way leads there. */
function shortestWay(cadence: Steps, from: string, to: string): string[] | null {
  if (from === to) return [from];
  const before = new Map<string, string>();
  const queue = [from];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const step = cadence.steps.find((one) => one.id === id);
    if (step === undefined) continue;
    for (const next of waysFrom(cadence, step).flatMap(stepsOf)) {
      if (before.has(next) || next === from) continue;
      before.set(next, id);
      if (next === to) return wayBack(before, from, to);
      queue.push(next);
    }
  }
  return null;
}

function wayBack(before: ReadonlyMap<string, string>, from: string, to: string): string[] {
  const way = [to];
  for (let id: string | undefined = before.get(to); id !== undefined; id = before.get(id)) {
    way.unshift(id);
    if (id === from) break;
  }
  return way;
}
