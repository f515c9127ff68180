import { z } from 'zod';
import type { Step, StepKind } from '../domain/cadence.ts';
import { checkKnown, type Known } from './context.ts';
import { condition } from '../language/condition-schema.ts';
import { hintFor } from '../domain/did-you-mean.ts';
import type { ValuePath } from '../language/problems.ts';
import { key, mapping, readBy, span, words } from '../language/schemas.ts';
import { idsOf } from './step-ids.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const KINDS = ['email', 'wait', 'waitFor', 'branch', 'move', 'exit'] as const satisfies readonly StepKind[];
const id = key.optional();
const next = key.optional();

const cases = z.array(
  readBy<{ when?: unknown; go?: unknown; else?: unknown }>((value, report) => {
    if (typeof value === 'object' && value !== null && ('when' in value || 'else' in value)) return value;
    return report([], 'expected "when" with "go", or "else"') ?? undefined;
  }),
  { error: 'expected a list of "when" with "go"' },
);
const SCHEMAS = {
  email: mapping({ id, email: key, next }),
  wait: mapping({ id, wait: span, next }),
  waitFor: mapping({ id, waitFor: words, when: condition('event').optional(), within: span, then: id, else: id }),
  branch: mapping({ id, branch: cases }),
  move: mapping({ id, move: key }),
  exit: mapping({ id, exit: words }),
};
const branchCase = mapping({ when: condition('lead'), go: key });
const branchElse = mapping({ else: key });

/** A step as read, with the place of each step it names. */
export interface ReadStep {
  path: ValuePath;
  step: Step;
  targets: { path: ValuePath; stepId: string }[];
}

/** Reads the list of steps: null in the place of a step with mistakes, which are reported. `ids` of all, mistakes or not. */
export function readSteps(file: YamlFile, known: Known): { steps: (ReadStep | null)[]; ids: string[] } {
  const written = file.at(['steps']);
  if (!Array.isArray(written) || written.length === 0) {
    file.report(['steps'], written === undefined ? 'a cadence needs "steps"' : 'expected a list of steps');
    return { steps: [], ids: [] };
  }
  const ids = idsOf(file, written);
  return { steps: written.map((_, i) => readStep(file, ids, i, known)), ids };
}

function readStep(file: YamlFile, ids: readonly string[], i: number, known: Known): ReadStep | null {
  const path: ValuePath = ['steps', i];
  const kind = kindOf(file, path);
  const id = ids[i];
  if (!kind || id === undefined) return null;
  const after = ids[i + 1];
  const targets: ReadStep['targets'] = [];
  const target = (at: ValuePath, stepId: string): string => {
    targets.push({ path: [...path, ...at], stepId });
    return stepId;
  };
  const orNext = (at: string, stepId: string | undefined): string => {
    if (stepId !== undefined) return target([at], stepId);
    if (after === undefined) file.report([...path, at], `nothing follows: say with "${at}" where to go`);
    return after ?? '';
  };
  const read = (step: Step | null): ReadStep | null => step && { path, step, targets };

  switch (kind) {
    case 'email': {
      const step = file.parse(SCHEMAS.email, path);
      if (!step) return null;
      checkKnown(file, [...path, 'email'], 'template', step.email, known.templates);
      return read({ id, kind, template: step.email, ...(step.next && { next: target(['next'], step.next) }) });
    }
    case 'wait': {
      const step = file.parse(SCHEMAS.wait, path);
      return read(step && { id, kind, for: step.wait, ...(step.next && { next: target(['next'], step.next) }) });
    }
    case 'waitFor': {
      const step = file.parse(SCHEMAS.waitFor, path);
      if (!step) return null;
      checkKnown(file, [...path, 'waitFor'], 'event', step.waitFor, known.events);
      const [then, otherwise] = [orNext('then', step.then), orNext('else', step.else)];
      return read({
        id,
        kind,
        event: step.waitFor,
        ...(step.when && { when: step.when }),
        within: step.within,
        then,
        otherwise,
      });
    }
    case 'branch': {
      const step = file.parse(SCHEMAS.branch, path);
      return step && read(readBranch(file, path, id, step.branch, target, after));
    }
    case 'move': {
      const step = file.parse(SCHEMAS.move, path);
      return read(step && { id, kind, cadence: step.move });
    }
    case 'exit': {
      const step = file.parse(SCHEMAS.exit, path);
      return read(step && { id, kind, reason: step.exit });
    }
  }
}

function readBranch(
  file: YamlFile,
  path: ValuePath,
  id: string,
  written: readonly object[],
  target: (at: ValuePath, stepId: string) => string,
  after: string | undefined,
): Step | null {
  const found: { when: z.output<typeof branchCase>['when']; go: string }[] = [];
  let otherwise = after;
  let broken = false;
  for (const [i, one] of written.entries()) {
    const at = [...path, 'branch', i];
    if ('else' in one) {
      const last = file.parse(branchElse, at);
      if (last) otherwise = target(['branch', i, 'else'], last.else);
      broken ||= !last;
      if (i < written.length - 1) file.report(at, '"else" comes last');
    } else {
      const each = file.parse(branchCase, at);
      if (each) found.push({ when: each.when, go: target(['branch', i, 'go'], each.go) });
      broken ||= !each;
    }
  }
  if (broken) return null;
  if (found.length === 0) file.report([...path, 'branch'], 'expected at least one "when" with "go"');
  if (otherwise === undefined) file.report([...path, 'branch'], 'nothing follows: end with "- else: <step>"');
  return otherwise === undefined ? null : { id, kind: 'branch', cases: found, otherwise };
}

function kindOf(file: YamlFile, path: ValuePath): StepKind | null {
  const written = file.at(path);
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    file.report(path, `expected a step: ${KINDS.join(', ')}`);
    return null;
  }
  const kinds = KINDS.filter((kind) => Object.hasOwn(written, kind));
  const [kind, second] = kinds;
  if (kind && !second) return kind;
  if (second) file.report([...path, second], `a step is one thing only, not ${kinds.join(' and ')}`, 'key');
  else {
    const name = Object.keys(written).find((one) => one !== 'id' && one !== 'next') ?? '';
    file.report(
      name ? [...path, name] : path,
      `unknown kind of step${name && ` "${name}"`}${hintFor(name, KINDS)}`,
      'key',
    );
  }
  return null;
}
