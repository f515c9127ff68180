import type { Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';

export function registerAfterRestore(program: Command): void {
  const afterRestoreCommand = program
    .command('after-restore')
    .helpGroup(GROUPS.run)
    .description(
      'run this after a restore of the database, before API and workers start: it holds and lists the leads that the backup does not fully know',
    );
  answering(afterRestoreCommand, async () => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { afterRestore, describeReconciliation } = await import('../after-restore.ts');
    const found = await afterRestore(loadConfig(process.env));
    return { data: found, text: describeReconciliation(found) };
  });
  examples(afterRestoreCommand, [
    ['nurture after-restore', 'with DATABASE_URL and TEMPORAL_ADDRESS as API and workers have them'],
  ]);
}
