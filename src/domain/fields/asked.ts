import type { BehaviorField, Part } from './field.ts';
import { type SegmentConditions, segmentsIn } from '../segment.ts';
import { fieldNamed, isBehavior, isSegment } from './registry.ts';
import { spanToMs, parseSpan } from '../span.ts';
import { canonicalJson } from '../canonical-json.ts';
import { partsOf, type Condition, type Matcher } from '../condition-parts.ts';

const NONE: SegmentConditions = new Map();

/** What conditions need beyond the lead's own row, and what must be read before they can be evaluated. */
export interface Asked {
  parts: ReadonlySet<Part>;
  /** Each once, by its key. */
  behaviors: ReadonlyMap<string, BehaviorAsk>;
}

/** A behavior with the values of its parameters: texts, and spans in milliseconds. Null: not given. */
export interface BehaviorAsk {
  field: BehaviorField;
  values: Readonly<Record<string, string | number | null>>;
}

/** For any number of conditions; undefined ones need nothing. What a segment that they name asks about is asked too. */
export function askedBy(conditions: Iterable<Condition | undefined>, segments: SegmentConditions = NONE): Asked {
  const parts = new Set<Part>();
  const behaviors = new Map<string, BehaviorAsk>();
  eachField(conditions, segments, (name, matcher) => {
    const field = fieldNamed(name);
    if (field === undefined || isSegment(field)) return;
    if (isBehavior(field)) behaviors.set(behaviorKey(field, matcher), behaviorAsk(field, matcher));
    else parts.add(field.part);
  });
  return { parts, behaviors };
}

/** Names of all fields that they ask about, those of your own among them ("attributes.role", "event.path"). */
export function namesAsked(
  conditions: Iterable<Condition | undefined>,
  segments: SegmentConditions = NONE,
): ReadonlySet<string> {
  const names = new Set<string>();
  eachField(conditions, segments, (name) => void names.add(name));
  return names;
}

function eachField(
  conditions: Iterable<Condition | undefined>,
  segments: SegmentConditions,
  found: (name: string, matcher: Matcher) => void,
): void {
  const look = (condition: Condition): void => {
    for (const part of partsOf(condition)) {
      if (part.kind === 'field') found(part.field, part.matcher);
      else if (part.kind === 'not') look(part.of);
      else part.of.forEach(look);
    }
  };
  for (const condition of conditions) {
    if (condition === undefined) continue;
    look(condition);
    segmentsIn(condition, segments).forEach(look);
  }
}

/** Two conditions that ask the same of a behavior have the same key. */
export function behaviorKey(field: BehaviorField, matcher: Matcher): string {
  return `${field.name} ${canonicalJson(behaviorAsk(field, matcher).values)}`;
}

export function behaviorAsk(field: BehaviorField, matcher: Matcher): BehaviorAsk {
  const given = (typeof matcher === 'object' && !Array.isArray(matcher) ? matcher : {}) as Readonly<
    Record<string, unknown>
  >;
  const values = Object.entries(field.parameters).map(([name, { kind }]) => {
    const value = given[name];
    if (typeof value !== 'string') return [name, null] as const;
    const span = kind === 'span' ? parseSpan(value) : null;
    return [name, kind === 'text' ? value : span === null ? null : spanToMs(span)] as const;
  });
  return { field, values: Object.fromEntries(values) };
}
