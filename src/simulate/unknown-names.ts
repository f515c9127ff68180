/** Names in personas and tests that the playbook does not have. */
import { hintFor } from '../domain/did-you-mean.ts';
import { valueAt } from '../language/messages.ts';
import type { ValuePath } from '../language/problems.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import type { NamesInFolders } from '../playbook/read-folders.ts';
import type { Persona } from './persona.ts';

type What = 'cadence' | 'template' | 'event' | 'reason' | 'rep';

/** Where names stand: `*` is every element of a list. What is not a text there is no name, or a mistake of another kind. */
type Places = readonly (readonly [What, string])[];

const IN_PERSONA_FILE: Places = [
  ['event', 'event.type'],
  ['rep', 'enterAt.owner'],
  ['template', 'reads.mails.*.mail'],
  ['event', 'does.*.event'],
  ['event', 'does.*.request.event.type'],
  ['reason', 'rep.answers.*.reason'],
];

const IN_TEST_FILE: Places = [
  ['cadence', 'cadence'],
  ['cadence', 'expect.*.left.cadence'],
  ...['got', 'never', 'order', 'notSent'].flatMap((claim): Places => [
    ['template', `expect.*.${claim}`],
    ['template', `expect.*.${claim}.*`],
  ]),
];

const IN_PERSONA: Places = [
  ['event', 'request.event.type'],
  ['rep', 'request.enterAt.owner'],
  ['template', 'reads.mails.*.mail'],
  ['event', 'does.*.act.type'],
  ['event', 'does.*.act.request.event.type'],
  ['reason', 'rep.answers.*.reason'],
];

/** Reports each with its place, also in a file that has other mistakes. */
export function reportUnknownNames(kind: 'persona' | 'test', file: YamlFile, names: NamesInFolders): void {
  const places = kind === 'persona' ? IN_PERSONA_FILE : IN_TEST_FILE;
  for (const { path, message } of unknownIn(file.value, places, names)) file.report(path, message);
}

/** In words, without a place: of a persona whose file was read before the playbook was known. */
export function unknownInPersona(persona: Persona, names: NamesInFolders): string[] {
  return unknownIn(persona, IN_PERSONA, names).map(({ message }) => message);
}

function unknownIn(value: unknown, places: Places, names: NamesInFolders): { path: ValuePath; message: string }[] {
  const known: Readonly<Record<What, ReadonlySet<string> | undefined>> = {
    cadence: names.cadences,
    template: names.templates,
    event: names.events,
    reason: names.reasons,
    rep: names.reps,
  };
  return places.flatMap(([what, place]) =>
    pathsTo(value, place.split('.')).flatMap((path) => {
      const [name, there] = [valueAt(value, path), known[what]];
      if (typeof name !== 'string' || there === undefined || there.has(name)) return [];
      if (what === 'template' && names.forReps.has(name))
        return [{ path, message: `"${name}" is a mail to reps (kind: transactional), which no persona gets` }];
      return [{ path, message: `unknown ${what} "${name}"${hintFor(name, there)}` }];
    }),
  );
}

/** The paths that a pattern stands for. */
function pathsTo(value: unknown, pattern: readonly string[], path: ValuePath = []): ValuePath[] {
  const [part, ...rest] = pattern;
  if (part === undefined) return [path];
  if (part !== '*') return pathsTo(value, rest, [...path, part]);
  const list = valueAt(value, path);
  return Array.isArray(list) ? list.flatMap((_, n) => pathsTo(value, rest, [...path, n])) : [];
}
