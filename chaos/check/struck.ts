import { nameOf } from '../faults/strike.ts';
import type { Invariant } from './invariant.ts';

/** A run whose faults missed their targets proves nothing. The report of the run has the counts of the mail server's misbehavior. */
export const everyFaultStruck: Invariant = {
  holds: 'each kind of fault in the plan struck at least once',
  check({ plan, struck }) {
    const hit = new Set(struck.map((fault) => nameOf(fault)));
    const planned = new Set(plan.faults.flatMap(({ fault }) => nameOf(fault) ?? []));
    return {
      checked: planned.size,
      offenders: [...planned].filter((name) => !hit.has(name)).map((name) => `${name}: never struck`),
    };
  },
};
