import { Option, type Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';
import { revisionNumber } from '../numbers.ts';

interface PlanOptions {
  migrate?: boolean;
  restart?: boolean;
  cadence?: string;
  revision?: number;
}

export function registerPlan(program: Command): void {
  const plan = program
    .command('plan')
    .helpGroup(GROUPS.publish)
    .description('show what publishing would change, how many leads are where, and what becomes of them; does nothing')
    .addOption(new Option('--migrate', 'as if leads on the way were moved to the new revision').conflicts('restart'))
    .option('--restart', 'as if leads on the way began again')
    .option('--cadence <key>', 'with --migrate or --restart: only the leads of this cadence')
    .option('--revision <number>', 'what rolling back to this playbook revision would do', revisionNumber);
  answering(plan, async ({ migrate, restart, cadence, revision }: PlanOptions) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { planCommand } = await import('../plan.ts');
    const mode = migrate === true ? 'migrate' : restart === true ? 'restart' : 'pinned';
    return planCommand(loadConfig(process.env), { mode, cadence, revision });
  });
  examples(plan, [
    ['nurture plan', 'what would change; leads on the way stay in their revision'],
    ['nurture plan --migrate', 'what would become of each group of leads if they were moved'],
    ['nurture plan --revision 6 --migrate', 'the same, if the content of revision 6 was published again'],
  ]);
}
