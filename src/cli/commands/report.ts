import { type Command, Option } from 'commander';
import { DIGEST_RHYTHMS, type DigestRhythm } from '../../domain/digest.ts';
import { answering, examples, family } from '../command.ts';

interface Asked {
  fresh?: boolean;
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
    .command('show [report]', { isDefault: true })
    .description('show a report as a table; `show` can be left out')
    .option('--since <day>', 'first day, a number of days back, or all; without it 90d, for base everybody')
    .option('--until <day>', 'last day; without it today')
    .option('--by <what>', 'what the rows are: see `nurture report list`')
    .option('--segment <segment>', 'only leads that are in it now')
    .option('--only <field=value...>', 'only leads of this kind, such as source=web')
    .option('--fresh', 'count now, though an answer of the last hour is kept');
  answering(show, async (key: string | undefined, asked: Asked) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { reportShow } = await import('../reports.ts');
    return reportShow(loadConfig(process.env), key, asked);
  });
  examples(show, [
    ['nurture report show funnel', 'from lead to customer, over the last 90 days'],
    ['nurture report funnel --since 30d', 'the same, of the last 30 days'],
    ['nurture report show leads-in --since 2026-01-01 --by campaign', 'what each campaign brought this year'],
    ['nurture report show hand-off --by rep --only team=europe --json', 'for a program'],
  ]);

  const load = async () => (await import('../../runtime/config.ts')).loadConfig(process.env);
  const subscriptions = report.command('subscriptions').description('list who gets which report by mail');
  answering(subscriptions, async () => (await import('../report-mails.ts')).subscriptionsList(await load()));
  examples(subscriptions, [['nurture report subscriptions', 'with what became of the last mail of each']]);

  const subscribe = report
    .command('subscribe <report>')
    .description('send somebody a report by mail, every day or week')
    .requiredOption('--to <address>', 'of somebody who may sign in to the console')
    .addOption(new Option('--every <rhythm>', 'how often').choices([...DIGEST_RHYTHMS]).default('weekly'))
    .option('--by <what>', 'what the rows are: see `nurture report list`')
    .option('--segment <segment>', 'only leads that are in it then')
    .option('--only <field=value...>', 'only leads of this kind, such as source=web');
  answering(subscribe, async (key: string, asked: Asked & { to: string; every: DigestRhythm }) =>
    (await import('../report-mails.ts')).subscribeTo(await load(), key, asked),
  );
  examples(subscribe, [['nurture report subscribe funnel --to mia@example.com --every weekly', 'every Monday']]);

  const unsubscribe = report.command('unsubscribe <id>').description('send a report by mail no more');
  answering(unsubscribe, async (id: string) => (await import('../report-mails.ts')).unsubscribeFrom(await load(), id));
  examples(unsubscribe, [
    ['nurture report unsubscribe rsub-0193f0c2a7b47c1e8f9d2b3c4d5e6f70', 'by its id in the list'],
  ]);
}
