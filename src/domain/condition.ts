import { partsOf } from './condition-parts.ts';
import { matches } from './matcher.ts';

/**
 * The one condition language of the product: enrollment, exits, branches, waitFor, scoring, fit, routing and list filters all
 * speak it. It is plain data (YAML in the playbook), so that it can be validated, shown, and one day compiled to SQL.
 *
 *   { source: trade-show, score: { gte: 20 } }            all fields must hold
 *   { any: [ {country: [DE, AT]}, {not: {grade: D}} ] }   any / all / not combine
 *
 * Logic is three-valued, as in SQL (Kleene): comparing an unknown value gives unknown, `not` of unknown is unknown, and a
 * condition holds only when it is true. So an unknown value is neutral: it neither matches nor excludes.
 * `exists: true|false` is the way to ask whether a value is known.
 */

export type Scalar = string | number | boolean;

/** A scalar means "is", a list "is one of" (text is compared without case). Several operators in one matcher must all hold. */
export type Matcher =
  | Scalar
  | readonly Scalar[]
  | {
      is?: Scalar;
      not?: Scalar;
      in?: readonly Scalar[];
      notIn?: readonly Scalar[];
      gt?: number | string;
      gte?: number | string;
      lt?: number | string;
      lte?: number | string;
      contains?: string;
      startsWith?: string;
      exists?: boolean;
    };

export type Condition =
  | { all: readonly Condition[] }
  | { any: readonly Condition[] }
  | { not: Condition }
  | { readonly [field: string]: Matcher };

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

/** Answer of three-valued logic; null: unknown. */
export type Truth = true | false | null;

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
