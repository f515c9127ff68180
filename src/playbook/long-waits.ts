import type { Cadence, Span, Step } from '../domain/cadence.ts';
import { fieldsOf, type Condition } from '../domain/condition.ts';
import type { SegmentConditions } from '../domain/segment.ts';
import { spanToMs, spanToText } from '../domain/span.ts';
import type { ValuePath } from '../language/problems.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import { kindOf } from '../steps/kinds.ts';
import { type IdleLimit, idleLimit } from './idle-limit.ts';

/** A time after which a lead that does nothing leaves, and what is said of a step that takes as long. */
interface Leaving {
  ms: number;
  words: string;
}

/**
 * Warns of a step that takes as long as a lead may do nothing: who does not engage meanwhile has left the cadence before its next step. Such a
 * length have `sunset` of settings.yaml and an `exit` or `goal` that asks what a lead did lately ("clicked nothing in 14 days"). Leads that
 * are sunset already stay: `sunset` is not told to a cadence whose `enroll` asks for that, or for a segment.
 */
export function warnOfLongWaits(
  file: YamlFile,
  steps: readonly { path: ValuePath; step: Step }[],
  cadence: Pick<Cadence, 'purpose' | 'kind' | 'enroll' | 'exit' | 'goal'>,
  known: { sunset: Span | undefined; segments: SegmentConditions },
): void {
  const ofCondition = (key: 'exit' | 'goal', when: Condition | undefined): Leaving[] => {
    const limit = when === undefined ? null : idleLimit(when, known);
    return limit === null ? [] : [{ ms: limit.ms, words: wordsOf(key, limit) }];
  };
  const [first] = [
    ...(known.sunset !== undefined && isSunset(cadence) ? [bySunset(known.sunset)] : []),
    ...ofCondition('exit', cadence.exit?.when),
    ...ofCondition('goal', cadence.goal?.when),
  ].toSorted((a, b) => a.ms - b.ms);
  if (first === undefined) return;
  for (const { path, step } of steps) if (lengthOf(step) >= first.ms) file.warn(path, first.words);
}

function isSunset({ purpose, kind, enroll }: Pick<Cadence, 'purpose' | 'kind' | 'enroll'>): boolean {
  if (purpose !== 'nurture' || kind === 'reminder') return false;
  return enroll === undefined || !fieldsOf(enroll.when).some((field) => field === 'sunset' || field === 'segment');
}

function bySunset(sunset: Span): Leaving {
  return {
    ms: spanToMs(sunset),
    words: `this takes as long as settings.yaml lets a lead do nothing (sunset: ${spanToText(sunset)}), or longer: who does not engage leaves the cadence before it is over; make it shorter`,
  };
}

function wordsOf(key: 'exit' | 'goal', { span, without }: IdleLimit): string {
  return `this takes as long as "${key}" lets a lead be without ${without} (${spanToText(span)}), or longer: who has none meanwhile leaves the cadence before its next step; make it shorter, or the time of "${key}" longer`;
}

/** How long a lead stays at a step, or waits at it, by its spans alone. */
function lengthOf(step: Step): number {
  return kindOf(step).position.due(step, {
    atMs: 0,
    hasWaited: false,
    after: spanToMs,
    atTimeOfDay: (ms) => ms,
    nextTimeOfDay: () => 0,
    inWindow: () => 0,
  });
}
