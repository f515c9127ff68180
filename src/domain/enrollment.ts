import type { Cadence } from './cadence.ts';
import { evaluate, explainCondition, type LeadFacts } from './condition.ts';

/** The cadence that fits a lead, or none, and why. */
export interface CadenceChoice {
  cadence: Cadence | null;
  /** A sentence for `why`. */
  because: string;
  /** Nurture cadences that were not taken, each with the reason. */
  passedOver: { cadence: string; because: string }[];
}

/**
 * Chooses a nurture cadence: its `enroll.when` holds, the lead may enter it (again), and its priority is the highest. Of equal
 * priorities the first in the list wins.
 */
export function chooseCadence(
  cadences: readonly Cadence[],
  facts: LeadFacts,
  past: { enrolledBefore: readonly string[] },
): CadenceChoice {
  const passedOver: CadenceChoice['passedOver'] = [];
  const fitting: Cadence[] = [];
  for (const cadence of cadences) {
    if (cadence.purpose !== 'nurture' || !cadence.enroll) continue;
    const because = obstacle(cadence, cadence.enroll.when, facts, past.enrolledBefore);
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
  enrolledBefore: readonly string[],
): string | null {
  if (cadence.reentry === 'never' && enrolledBefore.includes(cadence.cadence)) return 'has been in it before';
  switch (evaluate(when, facts)) {
    case true:
      return null;
    case false:
      return `not the case: ${explainCondition(when)}`;
    case null:
      return `not known: ${explainCondition(when)}`;
  }
}
