import type { Cadence, Span, Step } from '../domain/cadence.ts';
import { fieldsOf } from '../domain/condition.ts';
import { spanToMs, spanToText } from '../domain/span.ts';
import type { ValuePath } from '../language/problems.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import { kindOf } from '../steps/kinds.ts';

/**
 * Warns of a step that takes longer than a lead may do nothing (`sunset`): who does not engage meanwhile has left the cadence before its
 * time is over. That is the one exit that has a length; `exit` and `goal` are conditions, which can hold at any time. Leads that are sunset
 * already stay: a cadence whose `enroll` asks for that, or for a segment, is for them.
 */
export function warnOfLongWaits(
  file: YamlFile,
  steps: readonly { path: ValuePath; step: Step }[],
  { purpose, kind, enroll }: Pick<Cadence, 'purpose' | 'kind' | 'enroll'>,
  sunset: Span | undefined,
): void {
  if (sunset === undefined || purpose !== 'nurture' || kind === 'reminder') return;
  if (enroll !== undefined && fieldsOf(enroll.when).some((field) => field === 'sunset' || field === 'segment')) return;
  for (const { path, step } of steps) {
    if (lengthOf(step) < spanToMs(sunset)) continue;
    const after = spanToText(sunset);
    file.warn(
      path,
      `this takes as long as settings.yaml lets a lead do nothing (sunset: ${after}), or longer: who does not engage leaves the cadence before it is over; make it shorter`,
    );
  }
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
