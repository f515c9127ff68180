/** An `exit` or `goal` that holds already when a lead comes in. */
import type { Cadence } from '../domain/cadence.ts';
import { explainCondition, fieldsOf, type Condition, type Truth } from '../domain/condition.ts';
import { partsOf, type ConditionPart, type Matcher } from '../domain/condition-parts.ts';
import { matches } from '../domain/matcher.ts';
import { inAnyOf, segmentAsks, segmentsIn, type SegmentConditions } from '../domain/segment.ts';
import type { YamlFile } from '../language/yaml-file.ts';

/** What is known of who has done nothing, by the field. */
const OF_NEWCOMER: Readonly<Record<string, number>> = { events: 0, orderCount: 0, score: 0, lineScore: 0 };

/** Warns of an end that puts every newcomer out before the first step: "nothing viewed in 14 days" is true of who came a moment ago, too. */
export function warnOfEndsAtOnce(
  file: YamlFile,
  { enroll, on, exit, goal }: Pick<Cadence, 'enroll' | 'on' | 'exit' | 'goal'>,
  segments: SegmentConditions,
): void {
  // Who comes in by an event has done something; which other events it had is not known.
  if (on !== undefined) return;
  for (const [key, when] of [
    ['exit', exit?.when],
    ['goal', goal?.when],
  ] as const) {
    if (when === undefined || !holdsAtOnce(when, enroll?.when, segments)) continue;
    file.warn(
      [key, 'when'],
      `this holds already for a lead that has done nothing (${explainCondition(when)}): who comes in new leaves at once, before the first step; ask it after a wait instead: "- waitFor: page.viewed" (the event that you mean) with "within: 14 days" and "else" to a step "exit", or a "branch" behind a wait`,
    );
  }
}

/**
 * Whether the condition holds already for a lead that has done nothing when it comes in. What `enroll` asks about, such a lead may have done.
 */
function holdsAtOnce(condition: Condition, enroll: Condition | undefined, segments: SegmentConditions): boolean {
  const asked = enroll === undefined ? [] : [enroll, ...segmentsIn(enroll, segments).values()].flatMap(fieldsOf);
  const truthOf = (one: Condition): Truth => all(partsOf(one).map(ofPart));
  const ofPart = (part: ConditionPart): Truth => {
    switch (part.kind) {
      case 'not':
        return not(truthOf(part.of));
      case 'all':
        return all(part.of.map(truthOf));
      case 'any':
        return inAnyOf(part.of.map(truthOf));
      case 'field':
        return part.field === 'segment' ? membership(part.matcher) : ofField(part.field, part.matcher);
    }
  };
  const membership = (matcher: Matcher): Truth =>
    all(
      segmentAsks(matcher).map(({ names, isNegative }) => {
        const truth = inAnyOf(names.map((name) => ofSegment(name)));
        return isNegative ? not(truth) : truth;
      }),
    );
  const open = new Set<string>();
  /** A segment that asks for itself is a mistake of its own, and must not be asked for ever. */
  const ofSegment = (name: string): Truth => {
    const when = segments.get(name);
    if (when === undefined || open.has(name)) return null;
    open.add(name);
    const truth = truthOf(when);
    open.delete(name);
    return truth;
  };
  const ofField = (field: string, matcher: Matcher): Truth => {
    const value = OF_NEWCOMER[field];
    if (value === undefined || asked.includes(field)) return null;
    return matches(matcher, value);
  };
  return truthOf(condition) === true;
}

function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}
