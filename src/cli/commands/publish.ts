import { Option, type Command } from 'commander';
import { DEFAULT_RATE, HIGHEST_RATE } from '../../domain/bulk-run.ts';
import { answering, examples, GROUPS } from '../command.ts';
import { baseNumber, revisionNumber, wholeNumber } from '../numbers.ts';
import type { PublishChoice } from '../publish.ts';

export function registerPublish(program: Command): void {
  const publish = program
    .command('publish')
    .helpGroup(GROUPS.publish)
    .description('check the playbook and the templates, and put them in force as the next playbook revision')
    .option('--note <text>', 'what the revision changes, for the list of revisions')
    .option('--author <name>', 'the name of the author; by default the user of this machine')
    .option('--base <number>', 'refuse when this is no longer the newest playbook revision', baseNumber)
    .option(
      '--revision <number>',
      'roll back: publish the content of this playbook revision again, not the files',
      revisionNumber,
    )
    .option('--again', 'publish although an earlier playbook revision says the same: it is meant to be in force again')
    .addOption(
      new Option('--migrate', 'move leads that are on the way to the new revision, step by step').conflicts([
        'restart',
        'amend',
      ]),
    )
    .addOption(
      new Option('--restart', 'let leads that are on the way begin again in the new revision').conflicts('amend'),
    )
    .option('--amend', 'give leads that are on the way the new words of templates; refused when steps have changed')
    .option('--cadence <key>', 'with --migrate, --restart or --amend: only the leads of this cadence')
    .option(
      '--rate <number>',
      `leads that are told in a second, at most (${DEFAULT_RATE})`,
      wholeNumber(1, HIGHEST_RATE),
    );
  answering(publish, async (options: PublishChoice) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { publishCommand } = await import('../publish.ts');
    return publishCommand(loadConfig(process.env), options);
  });
  examples(publish, [
    ['nurture publish --note "A second reminder"', 'what changed, and under which number it is in force'],
    ['nurture publish --base 7', 'refused if somebody else has published since revision 7'],
    ['nurture publish --migrate --cadence welcome', 'the leads of one cadence go with its new revision'],
    ['nurture publish --amend', 'a mended text for everybody who still has the mail to come'],
    ['nurture publish --revision 6 --migrate', 'rolls back to what revision 6 says, and takes leads on the way along'],
  ]);
}
