import { Argument, type Command } from 'commander';
import { answering, examples, family } from '../command.ts';
import { FOLDERS, withFolders, type FolderOptions } from '../folders.ts';
import type { NewFile } from '../new-file.ts';

const KINDS: readonly NewFile[] = ['cadence', 'template', 'form'];

export function registerPlaybookNew(program: Command): void {
  const command = family(program, 'playbook')
    .command('new')
    .description('write a good start for a cadence, a template or a form; a template that it needs is written too')
    .addArgument(new Argument('<kind>').choices(KINDS))
    .argument('<name>', 'its key: small letters, digits and dashes')
    .option(...FOLDERS.playbook)
    .option(...FOLDERS.templates);
  answering(command, async (kind: NewFile, name: string, options: FolderOptions) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { newFile } = await import('../new-file.ts');
    return newFile(loadConfig(withFolders(process.env, options)), kind, name);
  });
  examples(command, [
    [
      'nurture playbook new cadence spring-offer',
      'playbook/cadences/spring-offer.yaml and templates/spring-offer.mjml',
    ],
    ['nurture playbook new template thank-you', 'a mail alone'],
    ['nurture playbook new form price-list', 'a form and the mail that answers it'],
  ]);
}
