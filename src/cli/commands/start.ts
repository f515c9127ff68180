import type { Command } from 'commander';
import { examples, GROUPS } from '../command.ts';

export function registerStart(program: Command): void {
  const start = program
    .command('start')
    .helpGroup(GROUPS.run)
    .description('start the whole stack, and keep it running')
    .action(async () => {
      const { loadConfig } = await import('../../runtime/config.ts');
      const { untilSignal } = await import('../../stack/interruption.ts');
      const { withStack } = await import('../stack.ts');
      await withStack(loadConfig(process.env), {}, async (_stack, signal) => untilSignal(signal));
    });
  examples(start, [
    ['nurture start', 'everything on this machine; Ctrl-C stops it'],
    ['DATABASE_URL=… nurture start', 'with a PostgreSQL of yours; .env.example lists the variables'],
  ]);
}
