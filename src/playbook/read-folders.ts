import type { Config } from '../runtime/config.ts';
import { AppError } from '../domain/errors.ts';
import type { PlaybookContent } from '../domain/playbook-changes.ts';
import type { TemplateSource } from '../domain/template.ts';
import { loadTemplates } from '../email/read-templates.ts';
import { kindOf } from '../steps/kinds.ts';
import { loadPlaybook } from './load.ts';

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
  const templates = new Map((await loadTemplates(folders.templatesDir)).map((template) => [template.key, template]));
  for (const key of REP_TEMPLATES) checkRepTemplate(templates, key, '');
  const playbook = loadPlaybook(folders.playbookDir, { templates });
  for (const { cadence, steps } of playbook.cadences) {
    for (const step of steps) {
      for (const key of kindOf(step).language.repTemplates?.(step) ?? [])
        checkRepTemplate(templates, key, `, as step ‘${step.id}’ of ${cadence} needs it`);
    }
  }
  return { templates, playbook };
}

function checkRepTemplate(templates: ReadPlaybook['templates'], key: string, because: string): void {
  if (templates.get(key)?.kind === 'transactional') return;
  throw new AppError(
    'PLAYBOOK_INVALID',
    `templates/${key}.mjml: expected a template with "kind: transactional", because the engine sends it to reps${because}`,
  );
}
