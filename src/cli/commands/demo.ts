import { type Command, InvalidArgumentError } from 'commander';
import { examples, GROUPS } from '../command.ts';

/** The company of the sample playbook and templates. */
const SAMPLE_COMPANY = {
  COMPANY_NAME: 'Brookfield Irrigation',
  MAIL_FROM: 'Brookfield Irrigation <hello@brookfield.example>',
  POSTAL_ADDRESS: 'Mill Lane 4, 50667 Cologne',
};

export function registerDemo(program: Command): void {
  const demo = program
    .command('demo')
    .helpGroup(GROUPS.run)
    .description('start the stack, and play the lives of twelve sample leads in virtual time')
    .option('--exit', 'end after the story')
    .option(
      '--history <leads>',
      'how many made-up leads of the last two years the reports are filled with',
      wholeNumber,
      1_500,
    )
    .option('--json', 'print the result as JSON')
    .action(async ({ exit = false, json = false, history }: { exit?: boolean; json?: boolean; history: number }) => {
      const { loadConfig } = await import('../../runtime/config.ts');
      const { untilSignal } = await import('../../stack/interruption.ts');
      const { withStack } = await import('../stack.ts');
      await withStack(loadConfig({ ...SAMPLE_COMPANY, ...process.env }), { quiet: json }, async (stack, signal) => {
        const { runDemo } = await import('../demo/demo.ts');
        await runDemo({ config: stack.config, stack, exit, json, history });
        if (!exit) await untilSignal(signal);
      });
    });
  examples(demo, [
    ['nurture demo', 'the story, and then a running stack to look at'],
    ['nurture demo --exit --json', 'the result for a script'],
  ]);
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number of leads, or 0 for none');
}
