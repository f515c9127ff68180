import { Option, type Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';
import { revisionNumber } from '../numbers.ts';

interface PlanOptions {
  migrate?: boolean;
  restart?: boolean;
  amend?: boolean;
  includeFinished?: boolean;
  cadence?: string;
  revision?: number;
  all?: boolean;
}

export function registerPlan(program: Command): void {
  const plan = program
    .command('plan')
    .helpGroup(GROUPS.publish)
    .description('show what publishing would change, how many leads are where, and what becomes of them; does nothing')
    .addOption(
      new Option('--migrate', 'as if leads on the way were moved to the new revision').conflicts(['restart', 'amend']),
    )
    .addOption(new Option('--restart', 'as if leads on the way began again').conflicts('amend'))
    .option('--amend', 'as if leads on the way got the new words of templates, and kept their steps')
    .option('--include-finished', 'as if who finished a cadence got the steps that were appended to it')
    .option(
      '--cadence <key>',
      'with --migrate, --restart, --amend or --include-finished: only the leads of this cadence',
    )
    .option('--revision <number>', 'what rolling back to this playbook revision would do', revisionNumber)
    .option('--all', 'where scoring changes: look at every lead, even if past events are too many for a minute');
  answering(plan, async ({ migrate, restart, amend, ...options }: PlanOptions) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { planCommand } = await import('../plan.ts');
    const mode = migrate === true ? 'migrate' : restart === true ? 'restart' : amend === true ? 'amend' : 'pinned';
    return planCommand(loadConfig(process.env), { mode, ...options });
  });
  examples(plan, [
    ['nurture plan', 'what would change; leads on the way stay in their revision'],
    ['nurture plan --migrate', 'what would become of each group of leads if they were moved'],
    ['nurture plan --amend', 'how many leads get a mended text that is still to come for them'],
    ['nurture plan --migrate --include-finished', 'and how many have finished it, and would get its new steps'],
    ['nurture plan --revision 6 --migrate', 'the same, if the content of revision 6 was published again'],
  ]);
}
