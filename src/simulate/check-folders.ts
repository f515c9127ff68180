/** The marketer's folders with what stands beside the rules: personas and tests. */
import path from 'node:path';
import { sortMistakes, throwMistakes, type Findings } from '../language/problems.ts';
import { checkFolders, type CheckedFolders, type Folders, type NamesInFolders } from '../playbook/read-folders.ts';
import { findPersonas, yamlFilesOf } from './read-personas.ts';
import { findTests } from './tests/read-tests.ts';

export interface CheckedAll extends CheckedFolders {
  /** How many there are. */
  personas: number;
  tests: number;
}

/** All mistakes, also those of personas and tests. `content` is what could be published: a mistake in a persona is none in it. */
export async function checkAll(folders: Folders): Promise<CheckedAll> {
  const checked = await checkFolders(folders);
  const [personaFiles, testFiles] = ['personas', 'tests'].map((name) =>
    yamlFilesOf(path.join(folders.playbookDir, name)),
  );
  const findings: Findings = { mistakes: [], mentions: [] };
  const personas = findPersonas(personaFiles ?? [], { names: checked.names, findings });
  findTests(testFiles ?? [], { personas, names: checked.names, findings });
  return {
    ...checked,
    mistakes: sortMistakes([...checked.mistakes, ...findings.mistakes]),
    personas: personaFiles?.length ?? 0,
    tests: testFiles?.length ?? 0,
  };
}

/**
 * What personas and tests may name.
 * @throws AppError PLAYBOOK_INVALID with every mistake of the rules and the templates
 */
export async function namesInFolders(folders: Folders): Promise<NamesInFolders> {
  const { mistakes, names } = await checkFolders(folders);
  throwMistakes(mistakes);
  return names;
}
