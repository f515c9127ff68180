/** Which parts of a condition keep somebody out, each with what it is instead. */
import { evaluate, explainCondition, factAsked, type Condition, type LeadFacts } from './condition.ts';
import { partsOf, type ConditionPart } from './condition-parts.ts';
import { SEGMENT } from './segment.ts';

/** "source is ebook, and it is trade-show", one for each part that does not hold; none where the condition holds. */
export function unmetIn(condition: Condition, facts: LeadFacts): string[] {
  return partsOf(condition).flatMap((part) => unmetOf(part, facts));
}

function unmetOf(part: ConditionPart, facts: LeadFacts): string[] {
  if (part.kind === 'field') {
    const whole = { [part.field]: part.matcher };
    if (evaluate(whole, facts) === true) return [];
    if (part.field === SEGMENT) return [explainCondition(whole)];
    return [`${explainCondition(whole)}, and it is ${inWords(factAsked(part.field, part.matcher, facts))}`];
  }
  if (part.kind === 'not') {
    const whole = { not: part.of };
    return evaluate(whole, facts) === true ? [] : [explainCondition(whole)];
  }
  const unmet = part.of.map((one) => unmetIn(one, facts));
  if (part.kind === 'all') return unmet.flat();
  return unmet.some((one) => one.length === 0) ? [] : [`none holds of ${unmet.flat().join(', or ')}`];
}

function inWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'not known';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`;
}
