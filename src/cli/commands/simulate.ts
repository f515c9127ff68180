import type { Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';
import { revisionNumber, wholeNumber } from '../numbers.ts';
import type { SimulateCommand } from '../simulate.ts';

export function registerSimulate(program: Command): void {
  const simulate = program
    .command('simulate')
    .helpGroup(GROUPS.write)
    .description(
      'play personas through a cadence on the real engine in virtual time, and read every email they would get',
    )
    .argument('[cadence]', 'key of the cadence; without it each persona goes where its own conditions lead it')
    .option('--persona <file>', 'one persona, a file such as playbook/personas/keen-reader.yaml')
    .option('--personas <folder>', 'all personas of a folder side by side; by default those of the playbook')
    .option('--language <language>', 'as if the personas read this language, such as de')
    .option('--days <number>', 'so many days', wholeNumber(1, 9_999), 60)
    .option('--seed <number>', 'another seed: other chances of opens and clicks', wholeNumber(1, 9_999), 1)
    .option('--start <date>', 'the personas come in on this date or soon after; by default from today on')
    .option('--revision <number>', 'a published playbook revision instead of the files of the folder', revisionNumber)
    .option('--canary', 'with --revision: what its canary tries; without it what is in force for all others')
    .option('--html <file>', 'where the page with every email is written; by default under DATA_DIR/simulations');
  answering(simulate, async (cadence: string | undefined, options: Omit<SimulateCommand, 'cadence'>) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { simulateCommand } = await import('../simulate.ts');
    return simulateCommand(loadConfig(process.env), { cadence, ...options });
  });
  examples(simulate, [
    [
      'nurture simulate ebook-resources --persona playbook/personas/keen-reader.yaml',
      'the files of the folder, before anybody gets a mail',
    ],
    ['nurture simulate trade-show-offer --days 30 --html show.html', 'all personas of the playbook side by side'],
    ['nurture simulate ebook-resources --revision 7 --json', 'what is published as playbook revision 7, for a script'],
  ]);
}
