import type { Cadence, Span, Step } from './cadence.ts';
import { canonicalJson } from './canonical-json.ts';
import { spanToText } from './schedule.ts';

/** How a step of a cadence differs from one revision to the next. `what`: the properties of the step, or of the cadence without an id. */
export type StepChange =
  | { change: 'removed' | 'moved'; stepId: string }
  /** `was`: a step that is gone and said the same under another id. */
  | { change: 'added'; stepId: string; was?: string }
  | { change: 'changed'; stepId: string | null; what: { name: string; before: string; after: string }[] };

/** In the order of the steps; the properties of the cadence itself first. */
export function diffCadence(before: Cadence, after: Cadence): StepChange[] {
  const { steps: oldSteps, ...oldHead } = before;
  const { steps: newSteps, ...newHead } = after;
  const head = differences(oldHead, newHead);
  const old = new Map(oldSteps.map((step) => [step.id, step]));
  const kept = newSteps.filter(({ id }) => old.has(id)).map(({ id }) => id);
  const keptBefore = oldSteps.map(({ id }) => id).filter((id) => kept.includes(id));
  const gone = new Map(oldSteps.filter(({ id }) => !kept.includes(id)).map((step) => [withoutId(step), step.id]));
  return [
    ...(head.length === 0 ? [] : [{ change: 'changed' as const, stepId: null, what: head }]),
    ...newSteps.flatMap((step): StepChange[] => {
      const before = old.get(step.id);
      if (before !== undefined) return stepChanges(step, before, keptBefore, kept);
      const was = gone.get(withoutId(step));
      return [{ change: 'added', stepId: step.id, ...(was !== undefined && { was }) }];
    }),
    ...oldSteps.filter(({ id }) => !kept.includes(id)).map(({ id }) => ({ change: 'removed' as const, stepId: id })),
  ];
}

function withoutId({ id: _id, ...step }: Step): string {
  return canonicalJson(step);
}

function stepChanges(step: Step, before: Step, orderBefore: readonly string[], order: readonly string[]): StepChange[] {
  const what = differences(before, step);
  const hasMoved = orderBefore.indexOf(step.id) !== order.indexOf(step.id);
  return [
    ...(hasMoved ? [{ change: 'moved' as const, stepId: step.id }] : []),
    ...(what.length === 0 ? [] : [{ change: 'changed' as const, stepId: step.id, what }]),
  ];
}

function differences(before: object, after: object): { name: string; before: string; after: string }[] {
  const [old, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name) => {
    if (canonicalJson(old[name] ?? null) === canonicalJson(now[name] ?? null)) return [];
    return [{ name, before: words(old[name]), after: words(now[name]) }];
  });
}

/** As a marketer would write it. */
function words(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(words).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isSpan(value)) return spanToText(value);
  // A stored definition has its keys in another order than the one that was read from a file.
  return `{ ${Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${key}: ${words(inner)}`)
    .join(', ')} }`;
}

function isSpan(value: object): value is Span {
  return Object.keys(value).length === 2 && 'amount' in value && 'unit' in value;
}
