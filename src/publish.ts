/** From the folders of the marketer to what a process works with: read, check, and store what is new as revisions. */
import type { Config } from './runtime/config.ts';
import { AppError } from './domain/errors.ts';
import { compileTemplate } from './email/compile.ts';
import { loadTemplates } from './email/read-templates.ts';
import { loadPlaybook } from './playbook/load.ts';
import { cadenceHash, templatesOf } from './playbook/revision.ts';
import type { Db } from './store/db.ts';
import { storeLinks } from './store/process/link-ids.ts';
import type { PublishedRules } from './store/rules/in-force.ts';
import { syncPlaybook } from './store/rules/sync-playbook.ts';

/** Mails to reps: the engine sends them by itself, so they must be there. */
const REP_TEMPLATES = ['rep-brief', 'rep-reminder', 'rep-request-added'] as const;

/**
 * Reads and checks the marketer's two folders; stores nothing.
 * @throws AppError PLAYBOOK_INVALID with every problem: file, line, column, and what was expected.
 */
export async function readFolders(
  config: Pick<Config, 'playbookDir' | 'templatesDir'>,
): Promise<Pick<PublishedRules, 'playbook' | 'templates'>> {
  const templates = new Map((await loadTemplates(config.templatesDir)).map((template) => [template.key, template]));
  for (const key of REP_TEMPLATES) {
    if (templates.get(key)?.kind !== 'transactional') {
      throw new AppError(
        'PLAYBOOK_INVALID',
        `templates/${key}.mjml: expected a template of kind transactional, which mails to reps are made from`,
      );
    }
  }
  return { templates, playbook: loadPlaybook(config.playbookDir, { templates }) };
}

/**
 * Reads the folders and stores reps, templates and cadence revisions that are new, and the addresses that mails link to.
 * @throws AppError PLAYBOOK_INVALID, see `readFolders`.
 */
export async function publish(config: Pick<Config, 'playbookDir' | 'templatesDir'>, db: Db): Promise<PublishedRules> {
  const { playbook, templates } = await readFolders(config);
  const compiled = await Promise.all([...templates.values()].map((template) => compileTemplate(template)));
  await storeLinks(
    db,
    compiled.flatMap(({ links }) => links),
  );
  const synced = await syncPlaybook(db, {
    playbook,
    templates: [...templates.values()].map((source) => ({ key: source.key, hash: source.hash, source })),
    cadences: playbook.cadences.map((cadence) => {
      const hashes = Object.fromEntries(templatesOf(cadence).map((key) => [key, templates.get(key)?.hash ?? '']));
      return { cadence, templates: hashes, hash: cadenceHash(cadence, hashes) };
    }),
  });
  const cadences = new Map([...synced].map(([key, { revisionId }]) => [key, revisionId]));
  return { revision: 0, playbook, templates, cadences };
}
