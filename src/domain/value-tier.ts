import { holds, type Condition, type LeadFacts } from './condition.ts';
import type { ScoringModel } from './scoring.ts';

type Tiers = Pick<ScoringModel, 'valueTiers'>;

/** The first tier that holds for the lead; null where none does. */
export function valueTierOf({ valueTiers = [] }: Tiers, facts: LeadFacts): string | null {
  return valueTiers.find(({ when }) => when === undefined || holds(when, facts))?.tier ?? null;
}

export function tierConditions({ valueTiers = [] }: Tiers): Condition[] {
  return valueTiers.flatMap(({ when }) => (when === undefined ? [] : [when]));
}
