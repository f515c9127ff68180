import path from 'node:path';
import { hintFor } from '../../domain/did-you-mean.ts';
import { AppError } from '../../domain/errors.ts';
import { type Findings, throwMistakes } from '../../language/problems.ts';
import { YamlFile } from '../../language/yaml-file.ts';
import type { NamesInFolders } from '../../playbook/read-folders.ts';
import type { Persona } from '../persona.ts';
import { findPersonas, type FoundPersona, shownName, yamlFilesOf } from '../read-personas.ts';
import { reportUnknownNames } from '../unknown-names.ts';
import { type Expectation, testSchema } from './test-schema.ts';

/** A test of a playbook: a persona, and what its life is to be like. */
export interface PlaybookTest {
  /** Key: the file's name. */
  test: string;
  name: string;
  file: string;
  persona: Persona;
  cadence: string | null;
  days: number;
  seed: number;
  /** A date; null: from today on. */
  start: string | null;
  expectations: readonly Expectation[];
  /** Where the places of expectations are found, for what is not as expected. */
  source: YamlFile;
  findings: Findings;
}

/**
 * The tests in `files`, or without any those of the playbook.
 * @param names Of the playbook that they are for; without it their names are not compared with any.
 * @throws AppError PLAYBOOK_INVALID with every mistake of tests and personas, NOT_FOUND when there is none
 */
export function readTests(playbookDir: string, files: readonly string[], names?: NamesInFolders): PlaybookTest[] {
  const folder = path.join(playbookDir, 'tests');
  const chosen = files.length > 0 ? files : yamlFilesOf(folder);
  if (chosen.length === 0)
    throw new AppError(
      'NOT_FOUND',
      `There is no test in ${shownName(folder)}: a file such as ebook-reader.yaml (docs/simulation.md).`,
    );
  const findings: Findings = { mistakes: [], mentions: [] };
  const personas = findPersonas(yamlFilesOf(path.join(playbookDir, 'personas')), { names, findings });
  const tests = findTests(chosen, { personas, names, findings });
  throwMistakes(findings.mistakes);
  return tests;
}

/** The same, with the mistakes added to `findings`. */
export function findTests(
  files: readonly string[],
  given: { personas: readonly FoundPersona[]; names: NamesInFolders | undefined; findings: Findings },
): PlaybookTest[] {
  return files.flatMap((name) => {
    const findings: Findings = { mistakes: [], mentions: [] };
    const test = readTest(name, given, findings);
    given.findings.mistakes.push(...findings.mistakes);
    return test ?? [];
  });
}

function readTest(
  name: string,
  { personas, names }: { personas: readonly FoundPersona[]; names: NamesInFolders | undefined },
  findings: Findings,
): PlaybookTest | null {
  const file = shownName(name);
  const source = YamlFile.open(name, file, findings);
  if (source === null) return null;
  if (names !== undefined) reportUnknownNames('test', source, names);
  const read = source.parse(testSchema);
  if (read === null) return null;
  const found = personas.find(({ key }) => key === read.persona);
  if (found === undefined) {
    const known = personas.map(({ key }) => key);
    source.report(['persona'], `unknown persona "${read.persona}"${hintFor(read.persona, known)}`);
  }
  // A persona with a mistake of its own is told by its file.
  if (found === undefined || found.persona === null) return null;
  const { cadence = null, days, seed, start = null, expect } = read;
  const test = path.basename(name, path.extname(name));
  return {
    test,
    name: read.name ?? test,
    file,
    persona: found.persona,
    cadence,
    days,
    seed,
    start,
    expectations: expect,
    source,
    findings,
  };
}
