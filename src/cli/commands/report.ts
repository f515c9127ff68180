import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

interface Asked {
  since?: string;
  until?: string;
  by?: string;
  segment?: string;
  only?: string[];
}

export function registerReport(program: Command): void {
  const report = family(program, 'report');
  const list = report.command('list').description('list the reports, and by what each can be split');
  answering(list, async () => {
    const { reportList } = await import('../reports.ts');
    return reportList();
  });
  examples(list, [['nurture report list', 'each with the question that it answers']]);

  const show = report
    .command('show <report>')
    .description('show a report as a table')
    .option('--since <day>', 'first day, or a number of days back; without it 90d, for base everybody')
    .option('--until <day>', 'last day; without it today')
    .option('--by <what>', 'what the rows are: see `nurture report list`')
    .option('--segment <segment>', 'only leads that are in it now')
    .option('--only <field=value...>', 'only leads of this kind, such as source=web');
  answering(show, async (key: string, asked: Asked) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { reportShow } = await import('../reports.ts');
    return reportShow(loadConfig(process.env), key, asked);
  });
  examples(show, [
    ['nurture report show funnel', 'from lead to customer, over the last 90 days'],
    ['nurture report show leads-in --since 2026-01-01 --by campaign', 'what each campaign brought this year'],
    ['nurture report show hand-off --by rep --only team=europe --json', 'for a program'],
  ]);
}
