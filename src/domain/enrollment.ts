import type { Cadence, Reentry } from './cadence.ts';
import { spanToMs, spanToText } from './span.ts';
import { evaluate, explainCondition, type LeadFacts } from './condition.ts';

/** The cadence that fits a lead, or none, and why. */
export interface CadenceChoice {
  cadence: Cadence | null;
  /** The cadence that it would be, for a lead of the control group. */
  heldBack?: string;
  /** A sentence for `why`. */
  because: string;
  /** Nurture cadences that were not taken, each with the reason. */
  passedOver: { cadence: string; because: string }[];
}

/** The cadences that a lead has been in. */
export interface Past {
  /** When it left each, epoch milliseconds; null: it is in it. By the key of the cadence. */
  leftAt: ReadonlyMap<string, number | null>;
  /** Now, on the lead's clock. */
  atMs: number;
}

export const NO_PAST: Past = { leftAt: new Map(), atMs: 0 };

/**
 * Chooses a nurture cadence: its `enroll.when` holds, the lead may enter it (again), and its priority is the highest. Of equal
 * priorities the first in the list wins.
 */
export function chooseCadence(cadences: readonly Cadence[], facts: LeadFacts, past: Past): CadenceChoice {
  const passedOver: CadenceChoice['passedOver'] = [];
  const fitting: Cadence[] = [];
  for (const cadence of cadences) {
    if (cadence.purpose !== 'nurture' || cadence.kind === 'reminder' || !cadence.enroll) continue;
    const because = obstacle(cadence, cadence.enroll.when, facts, past);
    if (because === null) fitting.push(cadence);
    else passedOver.push({ cadence: cadence.cadence, because });
  }
  const [best, ...others] = fitting.toSorted((a, b) => b.priority - a.priority);
  if (!best?.enroll) return { cadence: null, because: 'no cadence fits', passedOver };
  for (const other of others) {
    passedOver.push({ cadence: other.cadence, because: `${best.cadence} comes first (priority ${best.priority})` });
  }
  return { cadence: best, because: `${best.cadence} fits: ${explainCondition(best.enroll.when)}`, passedOver };
}

function obstacle(
  cadence: Cadence,
  when: NonNullable<Cadence['enroll']>['when'],
  facts: LeadFacts,
  past: Past,
): string | null {
  const again = whyNotAgain(cadence.reentry, past.leftAt.get(cadence.cadence), past.atMs);
  if (again !== null) return again;
  switch (evaluate(when, facts)) {
    case true:
      return null;
    case false:
      return `not the case: ${explainCondition(when)}`;
    case null:
      return `not known: ${explainCondition(when)}`;
  }
}

/** Why a lead may not enter a cadence again; null: it may. `leftAtMs`: undefined when it was never in it, null when it is. */
export function whyNotAgain(reentry: Reentry, leftAtMs: number | null | undefined, atMs: number): string | null {
  if (leftAtMs === undefined || reentry === 'always') return null;
  if (reentry === 'never') return 'has been in it before';
  const isOver = leftAtMs !== null && leftAtMs + spanToMs(reentry.after) <= atMs;
  return isOver ? null : `has been in it, and may again ${spanToText(reentry.after)} after it`;
}
