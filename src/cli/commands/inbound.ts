import { Argument, type Command } from 'commander';
import { answering, examples, family } from '../command.ts';
import type { Settlement } from '../inbound-mails.ts';

export function registerInbound(program: Command): void {
  const inbound = family(program, 'inbound');
  const classify = inbound
    .command('classify <files...>')
    .description('say what incoming mails are: bounces, complaints, automatic replies, replies')
    .option('--json', 'a line of JSON for each mail')
    .action(async (files: string[], { json }: { json?: true }) => {
      const { classifiedText, classifyFiles } = await import('../inbound.ts');
      for await (const mail of classifyFiles(files))
        process.stdout.write(`${json === true ? JSON.stringify(mail) : classifiedText(mail)}\n`);
    });
  examples(classify, [
    ['nurture inbound classify bounce.eml', 'a line for each recipient: verdict, status, address'],
    ['nurture inbound classify Maildir/new/* --json', 'for a program; a file may be a mailbox (mbox)'],
  ]);
  registerSettling(inbound);
}

function registerSettling(inbound: Command): void {
  const list = inbound
    .command('list')
    .description('list mails that came back and wait for a person, the newest first')
    .option('--all', 'also those that are settled, or that nobody has to look at');
  answering(list, async ({ all = false }: { all?: boolean }) => {
    const { config, commands } = await load();
    return commands.inboundList(config, { all });
  });
  examples(list, [['nurture inbound list', 'bounces that cannot be told, bursts, answers']]);

  const show = inbound
    .command('show')
    .description('show a mail that came back: what it says, and what was done')
    .argument('<mail>', 'its id (inm-…)');
  answering(show, async (id: string) => {
    const { config, commands } = await load();
    return commands.inboundShow(config, id);
  });
  examples(show, [['nurture inbound show inm-01…', 'with the beginning of its text']]);

  const settle = inbound
    .command('settle')
    .description('say what follows from mails that wait for a person')
    .addArgument(
      new Argument('<as>', 'the address is gone for good; its writer wants no more mail; nothing').choices([
        'suppress',
        'unsubscribe',
        'dismiss',
      ]),
    )
    .argument('<mails...>', 'their ids (inm-…)');
  answering(settle, async (as: Settlement, ids: string[]) => {
    const { config, commands } = await load();
    return commands.inboundSettle(config, as, ids);
  });
  examples(settle, [
    ['nurture inbound settle suppress inm-01…', 'its address gets no more mail'],
    [
      'nurture inbound settle dismiss inm-01… inm-02…',
      'nothing follows from them: of a burst that was the provider’s mistake',
    ],
  ]);
}

async function load(): Promise<{
  config: import('../../runtime/config.ts').Config;
  commands: typeof import('../inbound-mails.ts');
}> {
  const { loadConfig } = await import('../../runtime/config.ts');
  return { config: loadConfig(process.env), commands: await import('../inbound-mails.ts') };
}
