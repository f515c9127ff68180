import type { Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';
import { FOLDERS, withFolders, type FolderOptions } from '../folders.ts';
import type { PreviewOptions } from '../preview/preview.ts';

export function registerPreview(program: Command): void {
  const preview = program
    .command('preview')
    .helpGroup(GROUPS.write)
    .description(
      'render a mail as HTML, text and pictures, at desktop and phone width, light and dark, with its links and headers',
    )
    .argument('<template>', 'key of a template, or cadence/step')
    .option('--persona <file>', 'for a persona of the playbook, such as playbook/personas/keen-reader.yaml')
    .option('--lead <lead>', 'for a real lead, by id or email address')
    .option('--language <language>', 'as if the person read this language, such as de')
    .option('--out <folder>', 'where the files are written; by default under DATA_DIR/previews')
    .option('--no-pictures', 'no pictures, which need a Chromium on this machine')
    .option(...FOLDERS.playbook)
    .option(...FOLDERS.templates);
  answering(preview, async (what: string, options: PreviewOptions & FolderOptions) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { preview: show } = await import('../preview/preview.ts');
    return show(loadConfig(withFolders(process.env, options)), what, options);
  });
  examples(preview, [
    ['nurture preview ebook-welcome', 'for a sample person; needs nothing that runs'],
    [
      'nurture preview ebook-resources/checklist --persona playbook/personas/ebook-reader.yaml',
      'a step, for a persona',
    ],
    ['nurture preview ebook-welcome --lead lead-01… --json', 'for a real lead, for a script'],
  ]);
}
