import type { Step } from '../domain/cadence.ts';
import { kindsWritten, STEP_KINDS, type StepKind } from '../steps/kinds.ts';
import type { StepReader } from '../steps/language.ts';
import { checkKnown, checkTemplate, type KnownNames } from './context.ts';
import { hintFor } from '../domain/did-you-mean.ts';
import { pathToText, type ValuePath } from '../language/problems.ts';
import { kindWritten, placesOf, type WrittenStepPlace } from './step-places.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const NAMES = STEP_KINDS.map(({ kind }) => kind);

/** A step as read, with the place of each step it names. */
export interface ReadStep {
  path: ValuePath;
  step: Step;
  targets: { path: ValuePath; stepId: string }[];
}

/** Reads all steps: null in the place of a step with mistakes, which are reported. `ids` of all, mistakes or not. */
export function readSteps(file: YamlFile, known: KnownNames): { steps: (ReadStep | null)[]; ids: string[] } {
  const written = file.at(['steps']);
  if (!Array.isArray(written) || written.length === 0) {
    file.report(['steps'], written === undefined ? 'a cadence needs "steps"' : 'expected a list of steps');
    return { steps: [], ids: [] };
  }
  const places = placesOf(file);
  for (const { path, id } of places) file.name(path, id);
  const idAt = new Map(places.map(({ path, id }) => [pathToText(path), id]));
  return { steps: places.map((place) => readStep(file, place, idAt, known)), ids: places.map(({ id }) => id) };
}

function readStep(
  file: YamlFile,
  { path, id, after, endsArm }: WrittenStepPlace,
  idAt: ReadonlyMap<string, string>,
  known: KnownNames,
): ReadStep | null {
  const kind = kindAt(file, path);
  if (!kind) return null;
  const targets: ReadStep['targets'] = [];
  const reader: StepReader = {
    id,
    after,
    endsArm,
    parse: (schema, at = []) => file.parse(schema, [...path, ...at]),
    report: (at, message, where) => file.report([...path, ...at], message, where),
    checkKnown: (what, at, name) =>
      what === 'template'
        ? checkTemplate(file, [...path, ...at], name, known)
        : checkKnown(file, [...path, ...at], what, name, NAMES_OF[what](known)),
    target: (at, stepId) => {
      targets.push({ path: [...path, ...at], stepId });
      return stepId;
    },
    firstOf: (at) => {
      const first = idAt.get(pathToText([...path, ...at, 0]));
      if (first === undefined) file.report([...path, ...at], 'expected a list of steps');
      return first ?? null;
    },
    idAt: (at) => idAt.get(pathToText([...path, ...at])) ?? null,
    isMessage: (at) => kindWritten(file.at([...path, ...at]))?.position.serves !== undefined,
  };
  const step = kind.language.read(reader);
  return step && { path, step, targets };
}

const NAMES_OF = {
  event: (known: KnownNames) => known.events,
  team: (known: KnownNames) => known.teams,
  segment: (known: KnownNames) => known.segments,
};

/** "wait 2 days" is a text, and lacks the colon that makes it a step. */
function colonFor(written: unknown): string {
  const [, kind, rest] = /^(\w+)\s+(.+)$/.exec(typeof written === 'string' ? written : '') ?? [];
  return NAMES.some((name) => name === kind) ? `; write "${kind}: ${rest}", with a colon` : '';
}

function kindAt(file: YamlFile, path: ValuePath): StepKind | null {
  const written = file.at(path);
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    file.report(path, `expected a step: ${NAMES.join(', ')}${colonFor(written)}`);
    return null;
  }
  const kinds = kindsWritten(written);
  const [kind, second] = kinds;
  if (kind && !second) return kind;
  if (second) {
    const names = kinds.map((one) => one.kind).join(' and ');
    file.report(
      [...path, second.kind],
      `a step does one thing only, and this one has ${names}; write two steps`,
      'key',
    );
  } else {
    const name = Object.keys(written).find((one) => one !== 'id' && one !== 'next') ?? '';
    file.report(
      name ? [...path, name] : path,
      `unknown kind of step${name && ` "${name}"`}${hintFor(name, NAMES)}`,
      'key',
    );
  }
  return null;
}
