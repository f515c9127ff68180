import type { Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';
import { FOLDERS, withFolders, type FolderOptions } from '../folders.ts';

export function registerValidate(program: Command): void {
  const validate = program
    .command('validate')
    .helpGroup(GROUPS.write)
    .description(
      'find every mistake of the playbook, its personas and tests, and the templates, with its place and what to write instead',
    )
    .option(...FOLDERS.playbook)
    .option(...FOLDERS.templates)
    .option('--links', 'also ask the sites that mails link to, whether the pages and pictures are there');
  answering(validate, async ({ links, ...options }: FolderOptions & { links?: boolean }) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { validate: check } = await import('../validate.ts');
    return check(loadConfig(withFolders(process.env, options)), links === undefined ? {} : { links });
  });
  examples(validate, [
    ['nurture validate', 'the folders of PLAYBOOK_DIR and TEMPLATES_DIR; needs nothing that runs'],
    ['nurture validate --playbook ~/spring', 'a folder that is not in use yet'],
    ['nurture validate --links', 'before a publication: no mail links to a page that is gone'],
    ['nurture validate --json', 'for an editor or CI: { ok, mistakes, warnings }'],
  ]);
  validate.addHelpText(
    'after',
    '\nEnds with 2 when there is a mistake. Warnings (an event, a source or an own field that nobody ever sent) are given where the database answers.',
  );
}
