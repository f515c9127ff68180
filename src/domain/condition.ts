import { partsOf, type Condition, type Scalar, type Truth } from './condition-parts.ts';
import { matches } from './matcher.ts';

export type { Condition, Matcher, Scalar, Truth } from './condition-parts.ts';

/**
 * Fields a condition may name. `attributes.<name>` reaches a lead's own attributes; `event.<property>` (with `event.type`)
 * only where there is an event at hand: scoring rules and waitFor.
 */
export const LEAD_FIELDS = [
  'stage',
  'source',
  'medium',
  'campaign',
  'content',
  'landingPage',
  'score',
  'grade',
  'maturity',
  'need',
  'productLine',
  'value',
  'currency',
  'budget',
  'authority',
  'needKnown',
  'timing',
  'recycleCount',
  'country',
  'language',
  'company',
  'companySize',
  'industry',
  'jobTitle',
  'emailDomain',
  'freeMail',
  'hasEmail',
  'consented',
  'cadence',
] as const;
export type LeadField = (typeof LEAD_FIELDS)[number];

/** What conditions are asked about: a flat picture of a lead, missing or null where unknown. */
export type LeadFacts = Partial<Record<LeadField, Scalar | null>> & {
  attributes?: Readonly<Record<string, unknown>>;
  event?: Readonly<Record<string, unknown>> & { type: string };
};

/** Answer of a condition for these facts. Several keys in one condition must all hold; an empty one does. */
export function evaluate(condition: Condition, facts: LeadFacts): Truth {
  return and(
    partsOf(condition).map((part) => {
      switch (part.kind) {
        case 'all':
          return and(part.of.map((inner) => evaluate(inner, facts)));
        case 'any':
          return or(part.of.map((inner) => evaluate(inner, facts)));
        case 'not':
          return not(evaluate(part.of, facts));
        case 'field':
          return matches(part.matcher, valueOf(part.field, facts));
      }
    }),
  );
}

/** True only when the condition is known to be true. */
export function holds(condition: Condition, facts: LeadFacts): boolean {
  return evaluate(condition, facts) === true;
}

/** Names of the fields a condition asks about, each once, in the order they appear. */
export function fieldsOf(condition: Condition): string[] {
  const fields = partsOf(condition).flatMap((part) => {
    switch (part.kind) {
      case 'all':
      case 'any':
        return part.of.flatMap(fieldsOf);
      case 'not':
        return fieldsOf(part.of);
      case 'field':
        return [part.field];
    }
  });
  return [...new Set(fields)];
}

/** Value of a field, null where unknown. Only own properties count, so `attributes.constructor` is unknown. */
function valueOf(field: string, facts: LeadFacts): unknown {
  const dot = field.indexOf('.');
  const holder: unknown =
    dot < 0
      ? facts
      : field.slice(0, dot) === 'attributes'
        ? facts.attributes
        : field.slice(0, dot) === 'event'
          ? facts.event
          : null;
  if (typeof holder !== 'object' || holder === null) return null;
  const name = dot < 0 ? field : field.slice(dot + 1);
  return Object.hasOwn(holder, name) ? ((holder as Record<string, unknown>)[name] ?? null) : null;
}

function and(truths: readonly Truth[]): Truth {
  return truths.includes(false) ? false : truths.includes(null) ? null : true;
}

function or(truths: readonly Truth[]): Truth {
  return truths.includes(true) ? true : truths.includes(null) ? null : false;
}

function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

/** In words, for `why`. */
export { explainCondition } from './explain.ts';
