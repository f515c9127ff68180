import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import { throwMistakes, type Findings } from '../language/problems.ts';
import { YamlFile } from '../language/yaml-file.ts';
import type { NamesInFolders } from '../playbook/read-folders.ts';
import { readPersona } from './persona-file.ts';
import type { Persona } from './persona.ts';
import { reportUnknownNames } from './unknown-names.ts';

/**
 * The personas of a file, or of all files of a folder, by the names of the files.
 * @param names Of the playbook that they are for; without it their names are not compared with any.
 * @throws AppError PLAYBOOK_INVALID with every mistake, NOT_FOUND when there is no such file or the folder has none
 */
export function readPersonas(place: string, names?: NamesInFolders): Persona[] {
  const findings: Findings = { mistakes: [], mentions: [] };
  const personas = findPersonas(filesOf(place), { names, findings });
  throwMistakes(findings.mistakes);
  return personas.flatMap(({ persona }) => persona ?? []);
}

/** A file of a persona; null when it has a mistake that leaves none. */
export interface FoundPersona {
  key: string;
  persona: Persona | null;
}

/** The same, with the mistakes added to `findings`. */
export function findPersonas(
  files: readonly string[],
  { names, findings }: { names: NamesInFolders | undefined; findings: Findings },
): FoundPersona[] {
  return files.map((name) => {
    const shown = shownName(name);
    const key = path.basename(name, path.extname(name));
    const file = YamlFile.open(name, shown, findings);
    const persona = file && readPersona(file, { persona: key, file: shown });
    if (file !== null && names !== undefined) reportUnknownNames('persona', file, names);
    return { key, persona };
  });
}

function filesOf(place: string): string[] {
  if (!existsSync(place)) throw new AppError('NOT_FOUND', `There is no file or folder ${place}.`);
  if (!statSync(place).isDirectory()) return [place];
  const files = yamlFilesOf(place);
  if (files.length === 0)
    throw new AppError('NOT_FOUND', `The folder ${place} has no persona: a file such as keen-reader.yaml.`);
  return files;
}

/** The YAML files of a folder, sorted; none when there is no such folder. */
export function yamlFilesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/i.test(name));
  return names.toSorted().map((name) => path.join(folder, name));
}

/** Relative to where the command was given, if the file is below it. */
export function shownName(file: string): string {
  const below = path.relative(process.cwd(), file);
  return below.startsWith('..') ? file : below;
}
