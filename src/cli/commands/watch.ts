import type { Command } from 'commander';
import { examples, GROUPS } from '../command.ts';
import { wholeNumber } from '../numbers.ts';
import { FOLDERS, withFolders, type FolderOptions } from '../folders.ts';

interface WatchOptions extends FolderOptions {
  persona?: string;
  lead?: string;
  port: number;
}

export function registerWatch(program: Command): void {
  const watch = program
    .command('watch')
    .helpGroup(GROUPS.write)
    .description('validate after each save, and show the mails in a browser page that reloads by itself')
    .option('--persona <file>', 'the mails are for a persona of the playbook')
    .option('--lead <lead>', 'the mails are for a real lead, by id or email address')
    .option(
      '--port <number>',
      'where the page is served, on this machine alone',
      wholeNumber(0, 65_535, 'a port number'),
      8090,
    )
    .option(...FOLDERS.playbook)
    .option(...FOLDERS.templates)
    .action(async (options: WatchOptions) => {
      const { loadConfig } = await import('../../runtime/config.ts');
      const { watch: run } = await import('../watch.ts');
      await run(loadConfig(withFolders(process.env, options)), options);
    });
  examples(watch, [
    ['nurture watch', 'open http://localhost:8090 beside your editor'],
    ['nurture watch --persona playbook/personas/keen-reader.yaml', 'as this persona would get them'],
  ]);
}
