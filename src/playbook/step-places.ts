import { kindsWritten, type StepKind } from '../steps/kinds.ts';
import { pathInWords, type ValuePath } from '../language/problems.ts';
import type { YamlFile } from '../language/yaml-file.ts';

/** A step where it stands in its file. */
export interface WrittenStepPlace {
  path: ValuePath;
  id: string;
  /** Id of the step that follows it, see StepReader. */
  after: string | null;
  endsArm: boolean;
}

/** A step before it has its id. */
interface Written {
  path: ValuePath;
  /** The step before it in its list. */
  before: Written | null;
  /** The step that its list stands in, and the list's name there. */
  inside: { step: Written; arm: string; alternatives: boolean } | null;
  next: Written | null;
  id: string;
}

/**
 * All steps of a file in the order in which they are performed: those inside a step come right after it. A step without an id gets one
 * made from its kind and what stands before it, so that the id stays the same when steps are added elsewhere.
 */
export function placesOf(file: YamlFile): WrittenStepPlace[] {
  const written = listed(file, ['steps'], null);
  giveIds(file, written);
  return written.map((one) => ({ path: one.path, id: one.id, after: followingOf(one), endsArm: endsArm(one) }));
}

function listed(file: YamlFile, at: ValuePath, inside: Written['inside']): Written[] {
  const list = file.at(at);
  if (!Array.isArray(list)) return [];
  const all: Written[] = [];
  let before: Written | null = null;
  for (const i of list.keys()) {
    const one: Written = { path: [...at, i], before, inside, next: null, id: '' };
    // Each of several alternatives stands for itself.
    if (inside?.alternatives === true) one.inside = { ...inside, arm: `${inside.arm}-${i + 1}` };
    else {
      if (before !== null) before.next = one;
      before = one;
    }
    all.push(one);
    const value = file.at(one.path);
    for (const { at: below, arm, alternatives } of kindWritten(value)?.language.nested?.(value) ?? [])
      all.push(...listed(file, [...one.path, ...below], { step: one, arm, alternatives: alternatives ?? false }));
  }
  return all;
}

function followingOf(one: Written): string | null {
  if (one.next !== null) return one.next.id;
  return one.inside === null ? null : followingOf(one.inside.step);
}

function endsArm(one: Written): boolean {
  return one.next === null && one.inside !== null;
}

/** The kind that a step is written as: the first, if it has keys of several. */
export function kindWritten(value: unknown): StepKind | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return kindsWritten(value)[0];
}

function giveIds(file: YamlFile, written: readonly Written[]): void {
  const taken = new Map<string, Written>();
  for (const one of written) {
    const own = file.at([...one.path, 'id']);
    if (typeof own !== 'string') continue;
    one.id = own;
    const first = taken.get(own);
    if (first === undefined) taken.set(own, one);
    else file.report([...one.path, 'id'], `the id "${own}" is used already by ${pathInWords(first.path, () => null)}`);
  }
  for (const one of written) {
    if (one.id !== '') continue;
    const wanted = generatedId(file, one);
    one.id = wanted;
    for (let n = 2; taken.has(one.id); n += 1) one.id = `${wanted}-${n}`;
    taken.set(one.id, one);
  }
}

function generatedId(file: YamlFile, one: Written): string {
  const place = placeInWords(one);
  const kind = kindWritten(file.at(one.path));
  return kind?.language.defaultId(file.at([...one.path, kind.kind]), place) ?? `step-${place}`;
}

function placeInWords({ before, inside }: Written): string {
  if (before !== null) return `after-${before.id}`;
  return inside === null ? 'at-start' : `in-${inside.arm}-of-${inside.step.id}`;
}
