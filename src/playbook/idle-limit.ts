/** How long a lead can do nothing until a condition holds. */
import type { Span } from '../domain/cadence.ts';
import { partsOf, type Condition, type ConditionPart, type Matcher } from '../domain/condition-parts.ts';
import { matches, operatorsOf } from '../domain/matcher.ts';
import { segmentAsks, type SegmentConditions } from '../domain/segment.ts';
import { parseSpan, spanToMs } from '../domain/span.ts';

/** `without`: what the lead must not have meanwhile, "an event email.clicked". */
export interface IdleLimit {
  ms: number;
  span: Span;
  without: string;
}

interface Known {
  sunset: Span | undefined;
  segments: SegmentConditions;
}

/** Null: no such time is known. */
type Found = IdleLimit | null;

/**
 * The time after which the condition holds for certain, of a lead that does nothing. Null: it has no such time, or asks besides for something that
 * time does not bring about. `isNot`: it is to be false instead.
 */
export function idleLimit(condition: Condition, known: Known, isNot = false): Found {
  const limits = partsOf(condition).map((part) => ofPart(part, known, isNot));
  return isNot ? firstOf(limits) : lastOf(limits);
}

function ofPart(part: ConditionPart, known: Known, isNot: boolean): Found {
  if (part.kind === 'field') return ofField(part.field, part.matcher, known, isNot);
  if (part.kind === 'not') return idleLimit(part.of, known, !isNot);
  const limits = part.of.map((one) => idleLimit(one, known, isNot));
  return (part.kind === 'any') !== isNot ? firstOf(limits) : lastOf(limits);
}

/** One is enough. */
function firstOf(limits: readonly Found[]): Found {
  return sorted(limits)[0] ?? null;
}

/** All must hold: one that time does not bring about leaves it open. */
function lastOf(limits: readonly Found[]): Found {
  return limits.includes(null) ? null : (sorted(limits).at(-1) ?? null);
}

function sorted(limits: readonly Found[]): IdleLimit[] {
  return limits.filter((one) => one !== null).toSorted((a, b) => a.ms - b.ms);
}

function ofField(field: string, matcher: Matcher, known: Known, isNot: boolean): Found {
  const holds = (value: unknown): boolean => matches(withoutParameters(matcher), value) === !isNot;
  if (field === 'segment') return isNot ? null : ofSegments(matcher, known);
  if (field === 'sunset' && known.sunset !== undefined && holds(true))
    return { ms: spanToMs(known.sunset), span: known.sunset, without: 'engagement' };
  if (field === 'events') return ofEvents(matcher, holds);
  return field === 'daysSinceOrder' ? ofOrder(matcher, holds) : null;
}

function ofSegments(matcher: Matcher, known: Known): Found {
  return lastOf(
    segmentAsks(matcher).map(({ names, isNegative }) => {
      return isNegative ? null : firstOf(names.map((name) => ofSegment(name, known)));
    }),
  );
}

/** A segment that asks for itself is a mistake of its own, and must not be asked for ever. */
function ofSegment(name: string, known: Known): Found {
  const when = known.segments.get(name);
  const others = new Map([...known.segments].filter(([other]) => other !== name));
  return when === undefined ? null : idleLimit(when, { ...known, segments: others });
}

/** "none in 14 days" */
function ofEvents(matcher: Matcher, holds: (value: unknown) => boolean): Found {
  if (typeof matcher !== 'object' || !('within' in matcher)) return null;
  const span = parseSpan(matcher.within ?? '');
  return span === null || !holds(0) ? null : { ms: spanToMs(span), span, without: `an event ${matcher.type ?? ''}` };
}

/** "none for 30 days", and it goes on to hold. */
function ofOrder(matcher: Matcher, holds: (value: unknown) => boolean): Found {
  const named = operatorsOf(matcher).flatMap(([, wanted]) => (typeof wanted === 'number' ? [wanted, wanted + 1] : []));
  const days = named.toSorted((a, b) => a - b).find((one) => one > 0 && holds(one));
  if (days === undefined || !holds(Number.MAX_SAFE_INTEGER)) return null;
  const span: Span = { amount: days, unit: 'days' };
  return { ms: spanToMs(span), span, without: 'an order' };
}

/** The operators alone; parameters of a field stand beside them. */
function withoutParameters(matcher: Matcher): Matcher {
  if (typeof matcher !== 'object' || !('type' in matcher || 'within' in matcher)) return matcher;
  const { type: _type, within: _within, ...operators } = matcher;
  return operators;
}
