import type { Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';

export function registerMigrate(program: Command): void {
  const migrate = program
    .command('migrate')
    .helpGroup(GROUPS.run)
    .description('migrate the database and the Temporal namespace to this version');
  answering(migrate, async () => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { prepareAll } = await import('../prepare.ts');
    const applied = await prepareAll(loadConfig(process.env));
    return { data: { applied }, text: applied.length === 0 ? 'Nothing to do.' : `Applied ${applied.join(', ')}.` };
  });
  examples(migrate, [['nurture migrate', 'before API and workers of a new version start']]);
}
