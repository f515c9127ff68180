import { partsOf, type Condition, type Matcher, type Truth } from './condition-parts.ts';
import { asText, operatorsOf } from './matcher.ts';

/** A saved condition with a name: playbook/segments.yaml. Who is in it is asked anew each time. */
export interface Segment {
  segment: string;
  description?: string;
  when: Condition;
}

/** The conditions of the segments, by name. */
export type SegmentConditions = ReadonlyMap<string, Condition>;

const known = new WeakMap<readonly Segment[], SegmentConditions>();

export function segmentConditions(segments: readonly Segment[]): SegmentConditions {
  const found = known.get(segments) ?? new Map(segments.map(({ segment, when }) => [segment, when]));
  known.set(segments, found);
  return found;
}

/** The field that asks whether a lead is in a segment. */
export const SEGMENT = 'segment';

/** Names of the segments that a matcher asks about, and whether it asks for leads that are in none of them. */
export interface SegmentAsk {
  names: readonly string[];
  isNegative: boolean;
}

/** What a matcher of the field asks; all must hold. A question that segments have no answer to (an order, a part of the name) has no names. */
export function segmentAsks(matcher: Matcher): SegmentAsk[] {
  return operatorsOf(matcher).map(([operator, wanted]) => {
    const isNegative = operator === 'not' || operator === 'notIn';
    const isMembership = isNegative || operator === 'is' || operator === 'in';
    const names = typeof wanted === 'object' ? wanted : [wanted];
    return { names: isMembership ? names.map(asText) : [], isNegative };
  });
}

/** The segments that a condition names, directly or by other segments, with their conditions. */
export function segmentsIn(condition: Condition, segments: SegmentConditions): SegmentConditions {
  const found = new Map<string, Condition>();
  const look = (one: Condition): void => {
    for (const name of namedBy(one)) {
      const when = segments.get(name);
      if (when === undefined || found.has(name)) continue;
      found.set(name, when);
      look(when);
    }
  };
  look(condition);
  return found;
}

/** Names of segments in a condition, not in those it names. */
export function namedBy(condition: Condition): string[] {
  return partsOf(condition).flatMap((part) => {
    if (part.kind === 'not') return namedBy(part.of);
    if (part.kind !== 'field') return part.of.flatMap(namedBy);
    return part.field === SEGMENT ? segmentAsks(part.matcher).flatMap(({ names }) => names) : [];
  });
}

/** A name on a way from itself to itself, if there is one: such a segment would never end. */
export function circleIn(segments: SegmentConditions): string | null {
  for (const [name, when] of segments) if (segmentsIn(when, segments).has(name)) return name;
  return null;
}

/** In a segment, by Kleene: one that nobody knows is unknown. */
export function inAnyOf(truths: readonly Truth[]): Truth {
  if (truths.length === 0) return null;
  return truths.includes(true) ? true : truths.includes(null) ? null : false;
}
