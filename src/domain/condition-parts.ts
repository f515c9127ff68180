import type { Condition, Matcher } from './condition.ts';

/** One key of a condition, told apart. */
export type ConditionPart =
  | { kind: 'all' | 'any'; of: readonly Condition[] }
  | { kind: 'not'; of: Condition }
  | { kind: 'field'; field: string; matcher: Matcher };

/** The keys of a condition, all of which must hold. */
export function partsOf(condition: Condition): ConditionPart[] {
  return Object.entries(condition).map(([key, value]): ConditionPart => {
    if (key === 'all' || key === 'any') return { kind: key, of: value as readonly Condition[] };
    if (key === 'not') return { kind: 'not', of: value as Condition };
    return { kind: 'field', field: key, matcher: value as Matcher };
  });
}
