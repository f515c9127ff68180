import { partsOf, type Condition, type Matcher, type Truth } from './condition-parts.ts';
import { behaviorKey } from './fields/asked.ts';
import type { LeadFacts } from './fields/facts.ts';
import { fieldNamed, isBehavior, OPEN_FIELDS } from './fields/registry.ts';
import { matches } from './matcher.ts';
import { inAnyOf, SEGMENT, segmentAsks } from './segment.ts';

export type { Condition, Matcher, Scalar, Truth } from './condition-parts.ts';
export type { LeadFacts } from './fields/facts.ts';

/** Evaluates a condition for these facts. All keys of a condition must hold; an empty condition holds. */
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
          if (part.field === SEGMENT) return membership(part.matcher, facts);
          return matches(part.matcher, valueOf(part.field, part.matcher, facts));
      }
    }),
  );
}

/** Of a segment that is not known, such as one that was removed, it is unknown who is in it. */
function membership(matcher: Matcher, facts: LeadFacts): Truth {
  const isIn = (name: string): Truth => {
    const when = facts.segments?.get(name);
    return when === undefined ? null : evaluate(when, facts);
  };
  return and(
    segmentAsks(matcher).map(({ names, isNegative }) => {
      const truth = inAnyOf(names.map(isIn));
      return isNegative ? not(truth) : truth;
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

/** The value of a field that has no parameters; null where it is unknown. */
export function factNamed(name: string, facts: LeadFacts): unknown {
  return valueOf(name, {}, facts);
}

/** The value that a condition asks about, null where it is unknown. */
export function factAsked(name: string, matcher: Matcher, facts: LeadFacts): unknown {
  return valueOf(name, matcher, facts);
}

/** Value of a field, null where unknown. Only own properties count, so `attributes.constructor` is unknown. */
function valueOf(name: string, matcher: Matcher, facts: LeadFacts): unknown {
  const { attributes, event } = OPEN_FIELDS;
  if (name.startsWith(attributes.prefix)) return own(facts.attributes, name.slice(attributes.prefix.length));
  if (name.startsWith(event.prefix)) return own(facts.event, name.slice(event.prefix.length));
  const field = fieldNamed(name);
  if (field === undefined) return null;
  return isBehavior(field) ? own(facts.behaviors, behaviorKey(field, matcher)) : own(facts, name);
}

function own(holder: object | undefined, name: string): unknown {
  if (holder === undefined || !Object.hasOwn(holder, name)) return null;
  return (holder as Readonly<Record<string, unknown>>)[name] ?? null;
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
