import type { Condition } from '../condition-parts.ts';
import { partsOf } from '../condition-parts.ts';
import { type SegmentConditions, segmentsIn } from '../segment.ts';
import { fieldNamed, isBehavior, isSegment } from './registry.ts';

/** Whether any of the conditions asks for something that time alone changes: a score that fades, days since, a behavior within a span. */
export function changesWithTime(conditions: readonly Condition[], segments: SegmentConditions): boolean {
  return conditions.some(
    (condition) => asksForTime(condition) || [...segmentsIn(condition, segments).values()].some(asksForTime),
  );
}

function asksForTime(condition: Condition): boolean {
  return partsOf(condition).some((part) => {
    if (part.kind === 'not') return asksForTime(part.of);
    if (part.kind !== 'field') return part.of.some(asksForTime);
    const field = fieldNamed(part.field);
    if (field === undefined || isSegment(field)) return false;
    return isBehavior(field) || TIMED.test(field.sql);
  });
}

/** What the SQL of a field names the present by. */
const TIMED = /\$(now|learned)\b/;
