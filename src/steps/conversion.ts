/** What share of those who came to a step went each way on from it. */
import type { Cadence } from '../domain/cadence.ts';
import { stepsOf, waysFrom } from './next-step.ts';

/** From a step straight to another one that is known; null: the enrollment ended there. */
interface Taken {
  from: string;
  to: string | null;
  times: number;
}

/** How often each way of the picture was taken, by `FROM>TO`, and how many are known to have left each step, whatever way. */
export interface Conversion {
  taken: ReadonlyMap<string, number>;
  left: ReadonlyMap<string, number>;
}

/**
 * A step whose time passes leaves no trace: who went from one known step to another went the shortest way between them. Ways that the
 * cadence does not have, of an earlier revision, count for what was left and for no way.
 */
export function conversionOf(cadence: Pick<Cadence, 'steps'>, ways: readonly Taken[]): Conversion {
  const taken = new Map<string, number>();
  const left = new Map<string, number>();
  const add = (to: Map<string, number>, key: string, times: number) => to.set(key, (to.get(key) ?? 0) + times);
  for (const { from, to, times } of ways) {
    const way = to === null ? null : shortestWay(cadence, from, to);
    const passed = way ?? [from];
    for (const [n, step] of passed.entries()) {
      const next = passed[n + 1];
      if (next === undefined && way !== null) continue;
      add(left, step, times);
      if (next !== undefined) add(taken, `${step}>${next}`, times);
    }
  }
  return { taken, left };
}

/** The pairs of known steps between which a run passes along the way from one step to the next. */
export function pairsAlong(
  cadence: Pick<Cadence, 'steps'>,
  way: { from: string; to: string },
): { from: string; to: string }[] {
  const ids = cadence.steps.map(({ id }) => id);
  return ids.flatMap((from) =>
    ids.flatMap((to) => {
      const passed = from === to ? null : shortestWay(cadence, from, to);
      const isAlong = passed?.some((step, n) => step === way.from && passed[n + 1] === way.to);
      return isAlong === true ? [{ from, to }] : [];
    }),
  );
}

/** The ids of the steps on it, both ends included; null where no way leads there. */
function shortestWay(cadence: Pick<Cadence, 'steps'>, from: string, to: string): string[] | null {
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
