import type { Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';

export function registerTestSend(program: Command): void {
  const testSend = program
    .command('test-send')
    .helpGroup(GROUPS.write)
    .description('send a mail to an address of your own, marked [Test] and without tracking')
    .argument('<template>', 'key of a template, or cadence/step')
    .requiredOption(
      '--to <address>',
      'one that TEST_SEND_TO allows; any, if the mail goes to the inbox of the embedded stack',
    )
    .option('--persona <file>', 'as for a persona of the playbook')
    .option('--lead <lead>', 'as for a real lead, by id or email address')
    .option('--language <language>', 'as if the person read this language, such as de');
  answering(
    testSend,
    async (what: string, options: { to: string; persona?: string; lead?: string; language?: string }) => {
      const { loadConfig } = await import('../../runtime/config.ts');
      const { testSend: send } = await import('../preview/test-send.ts');
      return send(loadConfig(process.env), what, options);
    },
  );
  examples(testSend, [
    ['nurture test-send ebook-welcome --to me@example.com', 'through SMTP_URL'],
    [
      'TEST_SEND_TO=@example.com nurture test-send ebook-resources/checklist --to me@example.com',
      'a whole domain is allowed',
    ],
  ]);
}
