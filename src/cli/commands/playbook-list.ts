import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

export function registerPlaybookList(program: Command): void {
  const list = family(program, 'playbook').command('list').description('list the playbook revisions, newest first');
  answering(list, async () => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { playbookList } = await import('../playbook-list.ts');
    return playbookList(loadConfig(process.env));
  });
  examples(list, [['nurture playbook list', 'the newest fifty: number, time, author, note']]);
}
