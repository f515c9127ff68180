import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

export function registerTracking(program: Command): void {
  const refresh = family(program, 'tracking')
    .command('refresh-lists')
    .description('fetch the agents and networks by which scanners are told from people');
  answering(refresh, async () => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { refreshLists } = await import('../tracking.ts');
    return refreshLists(loadConfig(process.env));
  });
  examples(refresh, [
    ['nurture tracking refresh-lists', 'monthly, by cron; a list that cannot be read stays as it was'],
  ]);
}
