import { basename } from 'node:path';
import type { Config } from '../runtime/config.ts';
import type { PlaybookContent } from '../domain/playbook-changes.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { TemplateSource } from '../domain/template.ts';
import { readTemplates } from '../email/read-templates.ts';
import {
  mistakeOfFile,
  sortMistakes,
  throwMistakes,
  type Mention,
  type Findings,
  type PlaybookMistake,
} from '../language/problems.ts';
import { kindOf } from '../steps/kinds.ts';
import { cadenceNames, readPlaybook } from './load.ts';
import { shownPath } from './shown-path.ts';

export type Folders = Pick<Config, 'playbookDir' | 'templatesDir'>;

/** The marketer's two folders, read and checked. */
export interface ReadPlaybook extends PlaybookContent {
  templates: ReadonlyMap<string, TemplateSource>;
}

/** The templates of mails to reps. The engine sends these itself, so they must exist. */
const REP_TEMPLATES = ['rep-brief', 'rep-reminder', 'rep-request-added'] as const;

/**
 * Reads and checks the marketer's two folders; stores nothing.
 * @throws AppError PLAYBOOK_INVALID with every problem: file, line, column, and what was expected.
 */
export async function readFolders(folders: Folders): Promise<ReadPlaybook> {
  const { mistakes, content } = await checkFolders(folders);
  throwMistakes(mistakes);
  if (content === null) throw new Error('A part of the playbook is missing');
  return content;
}

export interface CheckedFolders extends Findings {
  /** Null when there is a mistake. */
  content: ReadPlaybook | null;
  /** What may be meant so, and seldom is. */
  warnings: PlaybookMistake[];
  names: NamesInFolders;
}

/** What personas and tests may name. Undefined: a file that says it has a mistake, so that a name that seems to be missing may be there. */
export interface NamesInFolders {
  cadences: ReadonlySet<string>;
  /** Those of mails to leads. */
  templates: ReadonlySet<string>;
  /** Those of mails to reps. */
  forReps: ReadonlySet<string>;
  events: ReadonlySet<string> | undefined;
  reasons: ReadonlySet<string> | undefined;
  reps: ReadonlySet<string> | undefined;
}

/** The same, with all mistakes of both folders in the order of files and lines, and without an error. */
export async function checkFolders({ playbookDir, templatesDir }: Folders): Promise<CheckedFolders> {
  const shown = shownPath(templatesDir);
  const mentions: Mention[] = [];
  const { templates, kinds, mistakes, warnings } = await readTemplates(templatesDir, shown);
  const playbook = readPlaybook(playbookDir, { templates: kinds }, { mistakes, mentions, warnings });
  for (const [key, because] of repTemplates(playbook)) {
    if (kinds.get(key)?.kind === 'transactional') continue;
    const expected = 'expected a template with "kind: transactional", because the engine sends it to reps';
    mistakes.push(mistakeOfFile(`${shown}/${key}.mjml`, `${expected}${because}`));
  }
  const content = playbook && { playbook, templates: new Map(templates.map((one) => [one.key, one])) };
  const names = {
    cadences: new Set(cadenceNames(playbookDir, [])),
    ...byReader(kinds),
    ...namesInRules(playbook, new Set(mistakes.map(({ file }) => basename(file)))),
  };
  const sound = mistakes.length > 0 ? null : content;
  return { mistakes: sortMistakes(mistakes), mentions, content: sound, warnings: sortMistakes(warnings), names };
}

/** Keys of templates, by who reads the mails. */
export function byReader(kinds: ReadonlyMap<string, { kind: string }>): Pick<NamesInFolders, 'templates' | 'forReps'> {
  const isForReps = (key: string): boolean => kinds.get(key)?.kind === 'transactional';
  const keys = [...kinds.keys()];
  return { templates: new Set(keys.filter((key) => !isForReps(key))), forReps: new Set(keys.filter(isForReps)) };
}

function namesInRules(
  playbook: Playbook | null,
  broken: ReadonlySet<string>,
): Pick<NamesInFolders, 'events' | 'reasons' | 'reps'> {
  const sound = (file: string, names: string[] | undefined): ReadonlySet<string> | undefined =>
    names === undefined || broken.has(file) ? undefined : new Set(names);
  return {
    events: sound(
      'events.yaml',
      playbook?.events.map(({ event }) => event),
    ),
    reasons: sound(
      'reasons.yaml',
      playbook?.reasons.map(({ reason }) => reason),
    ),
    reps: sound(
      'routing.yaml',
      playbook?.routing.reps.map(({ rep }) => rep),
    ),
  };
}

/** The templates of mails to reps that there must be, each with the words that say who needs it. */
function repTemplates(playbook: Playbook | null): Map<string, string> {
  const needed = new Map<string, string>(REP_TEMPLATES.map((key) => [key, '']));
  for (const { cadence, steps } of playbook?.cadences ?? []) {
    for (const step of steps) {
      for (const key of kindOf(step).language.repTemplates?.(step) ?? [])
        if (!needed.has(key)) needed.set(key, `, as step ‘${step.id}’ of ${cadence} needs it`);
    }
  }
  return needed;
}
