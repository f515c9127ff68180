import type { Command } from 'commander';
import { examples, family } from '../command.ts';

export function registerInbound(program: Command): void {
  const classify = family(program, 'inbound')
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
}
