import type { Cadence, Span, Step } from '../domain/cadence.ts';
import { fieldsOf, type Condition } from '../domain/condition.ts';
import type { SegmentConditions } from '../domain/segment.ts';
import { countOf } from '../domain/count-of.ts';
import { spanToMs, spanToText } from '../domain/span.ts';
import type { ValuePath } from '../language/problems.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import { kindOf } from '../steps/kinds.ts';
import { type IdleLimit, idleLimit } from './idle-limit.ts';
import { waitsBefore } from './outlasting-waits.ts';

/** A time after which a lead that does nothing leaves, and what is said of a step that takes as long. */
interface Leaving {
  ms: number;
  words: string;
}

/** By an `exit` or `goal` of the cadence. `sum`: what is said of waits that take as long together. */
interface OwnEnd extends Leaving {
  sum: string;
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
  const ofCondition = (key: 'exit' | 'goal', when: Condition | undefined): OwnEnd[] => {
    const limit = when === undefined ? null : idleLimit(when, known);
    return limit === null ? [] : [{ ms: limit.ms, words: wordsOf(key, limit), sum: sumWords(key, limit) }];
  };
  const [ofOwn] = (['exit', 'goal'] as const)
    .flatMap((key) => ofCondition(key, cadence[key]?.when))
    .toSorted((a, b) => a.ms - b.ms);
  const [first] = [
    ...(known.sunset !== undefined && isSunset(cadence) ? [bySunset(known.sunset)] : []),
    ...(ofOwn === undefined ? [] : [ofOwn]),
  ].toSorted((a, b) => a.ms - b.ms);
  if (first === undefined) return;
  const long = steps.filter(({ step }) => lengthOf(step) >= first.ms);
  for (const { path } of long) file.warn(path, first.words);
  if (ofOwn !== undefined && long.length === 0) warnOfSum(file, steps, ofOwn);
}

/** Warns of the first step that who does nothing never comes to, as the waits before it take as long together. */
function warnOfSum(file: YamlFile, steps: readonly { path: ValuePath; step: Step }[], { ms, sum }: OwnEnd): void {
  const before = waitsBefore(
    steps.map(({ step }) => step),
    lengthOf,
  );
  for (const { path, step } of steps) {
    const way = before.get(step.id);
    if (way === undefined || way.ms < ms) continue;
    const told = way.waits.map((one) => `‘${one.id}’ ${inDays(lengthOf(one))}`).join(' + ');
    return file.warn(path, `the waits on the way to this step take ${inDays(way.ms)} together (${told}), ${sum}`);
  }
}

function inDays(ms: number): string {
  return countOf(Math.round((ms / 86_400_000) * 10) / 10, 'day');
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

function sumWords(key: 'exit' | 'goal', { span, without }: IdleLimit): string {
  return `and "${key}" lets a lead be without ${without} for ${spanToText(span)}: who has none on the whole way never comes here. If that is not meant, make the waits shorter, or the time of "${key}" longer`;
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
