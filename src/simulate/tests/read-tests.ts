import path from 'node:path';
import { hintFor } from '../../domain/did-you-mean.ts';
import { AppError } from '../../domain/errors.ts';
import { type Findings, throwMistakes } from '../../language/problems.ts';
import { YamlFile } from '../../language/yaml-file.ts';
import type { Persona } from '../persona.ts';
import { readPersonas, shownName, yamlFilesOf } from '../read-personas.ts';
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
 * @throws AppError PLAYBOOK_INVALID with every mistake of tests and personas, NOT_FOUND when there is none
 */
export function readTests(playbookDir: string, files: readonly string[]): PlaybookTest[] {
  const folder = path.join(playbookDir, 'tests');
  const chosen = files.length > 0 ? files : yamlFilesOf(folder);
  if (chosen.length === 0)
    throw new AppError(
      'NOT_FOUND',
      `There is no test in ${shownName(folder)}: a file such as ebook-reader.yaml (docs/simulation.md).`,
    );
  const personas = new Map(readPersonas(path.join(playbookDir, 'personas')).map((one) => [one.persona, one]));
  const mistakes: Findings['mistakes'] = [];
  const tests = chosen.flatMap((name) => readTest(name, personas, mistakes));
  throwMistakes(mistakes);
  return tests;
}

function readTest(
  name: string,
  personas: ReadonlyMap<string, Persona>,
  mistakes: Findings['mistakes'],
): PlaybookTest[] {
  const findings: Findings = { mistakes: [], mentions: [] };
  const file = shownName(name);
  const source = YamlFile.open(name, file, findings);
  const read = source?.parse(testSchema) ?? null;
  const persona = read === null ? undefined : personas.get(read.persona);
  if (read !== null && persona === undefined)
    source?.report(['persona'], `unknown persona "${read.persona}"${hintFor(read.persona, personas.keys())}`);
  mistakes.push(...findings.mistakes);
  if (source === null || read === null || persona === undefined) return [];
  const { cadence = null, days, seed, start = null, expect } = read;
  const test = path.basename(name, path.extname(name));
  return [
    {
      test,
      name: read.name ?? test,
      file,
      persona,
      cadence,
      days,
      seed,
      start,
      expectations: expect,
      source,
      findings,
    },
  ];
}
