import type { Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';
import { revisionNumber } from '../numbers.ts';

export function registerTest(program: Command): void {
  const test = program
    .command('test')
    .helpGroup(GROUPS.write)
    .description(
      'run the tests of the playbook: personas on the real engine in virtual time, and what is expected of their lives',
    )
    .argument('[files...]', 'files of tests; by default all of playbook/tests')
    .option('--revision <number>', 'a published playbook revision instead of the files of the folder', revisionNumber);
  answering(test, async (files: string[], options: { revision?: number }) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { testCommand } = await import('../test.ts');
    return testCommand(loadConfig(process.env), files, options);
  });
  examples(test, [
    ['nurture test', 'all tests; the exit code is 1 when one fails'],
    ['nurture test playbook/tests/ebook-reader.yaml', 'one test, with a timeline when it fails'],
  ]);
}
