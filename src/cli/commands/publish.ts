import { InvalidArgumentError, type Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';

interface PublishOptions {
  note?: string;
  author?: string;
  base?: number;
  again?: boolean;
}

export function registerPublish(program: Command): void {
  const publish = program
    .command('publish')
    .helpGroup(GROUPS.publish)
    .description('check the playbook and the templates, and put them in force as the next playbook revision')
    .option('--note <text>', 'what the revision changes, for the list of revisions')
    .option('--author <name>', 'the name of the author; by default the user of this machine')
    .option('--base <number>', 'refuse when this is no longer the newest playbook revision', wholeNumber)
    .option('--again', 'publish although an earlier playbook revision says the same: it is meant to be in force again');
  answering(publish, async (options: PublishOptions) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { publishCommand } = await import('../publish.ts');
    return publishCommand(loadConfig(process.env), options);
  });
  examples(publish, [
    ['nurture publish --note "A second reminder"', 'what changed, and under which number it is in force'],
    ['nurture publish --base 7', 'refused if somebody else has published since revision 7'],
    ['nurture publish --again', 'goes back to the content of an earlier revision'],
  ]);
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number, as `playbook list` shows them.');
  return Number(text);
}
