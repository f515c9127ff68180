import type { Cadence, Step } from '../domain/cadence.ts';
import { timeOf } from '../steps/kinds.ts';
import { stepsOf, waysFrom } from '../steps/next-step.ts';
import type { ReadStep } from './cadence-steps.ts';
import { hintFor } from '../domain/did-you-mean.ts';
import type { YamlFile } from '../language/yaml-file.ts';

/** Reports steps that name an unknown step. */
export function checkTargets(file: YamlFile, steps: readonly (ReadStep | null)[], ids: readonly string[]): boolean {
  const wrong = steps.flatMap((one) => one?.targets ?? []).filter((target) => !ids.includes(target.stepId));
  for (const { path, stepId } of wrong)
    file.report(
      path,
      `unknown step "${stepId}"${hintFor(stepId, ids) || `; write "id: ${stepId}" at the step that is meant`}`,
    );
  return wrong.length === 0;
}

/** Reports steps that no lead can reach, waits with nothing after them, and circles without a wait. All targets must exist. */
export function checkGraph(file: YamlFile, steps: readonly ReadStep[]): void {
  const byId = new Map(steps.map((one) => [one.step.id, one]));
  const cadence = { steps: steps.map((one) => one.step) };
  const after = (one: ReadStep): string[] => waysFrom(cadence, one.step).flatMap(stepsOf);

  const reached = new Set<ReadStep>();
  const visit = (one: ReadStep | undefined): void => {
    if (!one || reached.has(one)) return;
    reached.add(one);
    for (const id of after(one)) visit(byId.get(id));
  };
  visit(steps[0]);
  const circle = circleOf(steps, (one) => (takesTime(one.step) ? [] : after(one)), byId);
  if (circle) {
    const [first] = circle;
    file.report(
      first?.path ?? [],
      `"${first?.step.id}" leads back to itself without a wait on the way: ${roundInWords(circle)}; put a wait on it, or lead one of its keys elsewhere`,
    );
  }
  // What stands behind a circle is reached by nobody, and would be told step by step.
  for (const one of steps) if (!circle && !reached.has(one)) file.report(one.path, `no step leads to "${one.step.id}"`);

  for (const one of steps) {
    const time = timeOf(one.step);
    if (time !== 'passes' && time !== 'stays') continue;
    const [nextId] = after(one);
    const next = nextId === undefined ? undefined : byId.get(nextId);
    if (!next) file.report(one.path, 'nothing follows this wait; end with "- move: <cadence>" or "- exit: <reason>"');
    else if (time === 'passes' && timeOf(next.step) === 'listens') {
      file.report(
        one.path,
        `a wait must not stand before "${next.step.id}", whose event would end it early; add its time to "within" instead`,
      );
    }
  }

  const [endless] = circleOf(steps, (one) => (timeOf(one.step) === 'passes' ? after(one) : []), byId) ?? [];
  if (endless)
    file.report(
      endless.path,
      `"${endless.step.id}" leads back to itself, and all steps on the way are waits; put another step between them`,
    );
}

/** The cadences to which a lead that enters this one can be moved without waiting, and by which step; null: by `whenDone`. */
export function waysOut(cadence: Cadence): { cadence: string; stepId: string | null }[] {
  const { steps, whenDone } = cadence;
  const out: { cadence: string; stepId: string | null }[] = [];
  const seen = new Set<string>();
  const walk = (id: string | null): void => {
    const step = steps.find((one) => one.id === id);
    if (step === undefined) {
      if (whenDone !== 'dormant') out.push({ cadence: whenDone.move, stepId: null });
      return;
    }
    if (seen.has(step.id) || takesTime(step)) return;
    seen.add(step.id);
    for (const way of waysFrom(cadence, step)) {
      if (way.go === 'cadence') out.push({ cadence: way.cadence, stepId: step.id });
      else if (way.go !== 'out') walk(way.stepId);
    }
  };
  walk(steps[0]?.id ?? null);
  return out;
}

/** Whether every lead spends time at a step. A wait until a date takes none where the date has passed. */
function takesTime(step: Step): boolean {
  return timeOf(step) === 'passes' || timeOf(step) === 'listens';
}

/** "by-size → else → subject-line → by-size": a key where one names the next step, none where that follows in the file. */
function roundInWords(circle: readonly ReadStep[]): string {
  return [...circle, ...circle.slice(0, 1)]
    .flatMap(({ step }, i) => {
      const before = circle[i - 1];
      const named = before?.targets
        .find(({ stepId }) => stepId === step.id)
        ?.path.findLast((part) => typeof part === 'string');
      return named === undefined ? [step.id] : [named, step.id];
    })
    .join(' → ');
}

/** The steps on a circle of the given ways, in order; null when there is none. */
function circleOf(
  steps: readonly ReadStep[],
  ways: (one: ReadStep) => string[],
  byId: ReadonlyMap<string, ReadStep>,
): ReadStep[] | null {
  const done = new Set<ReadStep>();
  const onWay = new Set<ReadStep>();
  const walk = (one: ReadStep | undefined): ReadStep[] | null => {
    if (!one || done.has(one)) return null;
    if (onWay.has(one)) return [...onWay].slice([...onWay].indexOf(one));
    onWay.add(one);
    for (const id of ways(one)) {
      const found = walk(byId.get(id));
      if (found) return found;
    }
    onWay.delete(one);
    done.add(one);
    return null;
  };
  for (const one of steps) {
    const found = walk(one);
    if (found) return found;
  }
  return null;
}
