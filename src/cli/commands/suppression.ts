import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

const EMAIL = ['<email>', 'the address'] as const;

export function registerSuppression(program: Command): void {
  const suppression = family(program, 'suppression');
  const show = suppression
    .command('show')
    .description('tell why an address must not be mailed')
    .argument(...EMAIL);
  answering(show, async (email: string) => {
    const { config, commands } = await load();
    return commands.suppressionShow(config, email);
  });
  examples(show, [['nurture suppression show ada@example.com', 'every reason, since when, and from where']]);

  const add = suppression
    .command('add')
    .description('suppress an address')
    .argument(...EMAIL)
    .option('--reason <reason>', 'unsubscribed, hard-bounce, complaint or manual (by default)')
    .option('--note <text>', 'why; it stands on the timeline of the lead');
  answering(add, async (email: string, options: { reason?: string; note?: string }) => {
    const { config, commands } = await load();
    return commands.suppressionAdd(config, email, options);
  });
  examples(add, [
    ['nurture suppression add ada@example.com', 'no mail of any kind goes there'],
    ['nurture suppression add ada@example.com --note "asked for it by phone"', 'the same, with the reason of it'],
  ]);

  const lift = suppression
    .command('lift')
    .description('lift one reason; the others stay')
    .argument(...EMAIL)
    .requiredOption('--reason <reason>', 'hard-bounce, complaint or manual; an unsubscribe only the person lifts')
    .option('--note <text>', 'for a complaint: what proves that the person wants mail again');
  answering(lift, async (email: string, options: { reason: string; note?: string }) => {
    const { config, commands } = await load();
    return commands.suppressionLift(config, email, options);
  });
  examples(lift, [
    ['nurture suppression lift ada@example.com --reason hard-bounce', 'the mailbox is there again'],
    ['nurture suppression lift ada@example.com --reason complaint --note "letter of 3 May"', 'with the proof'],
  ]);

  const importing = suppression
    .command('import')
    .description('add the suppressions of a CSV file; nothing is lifted')
    .argument('<file>', 'with a line of titles (email, reason, source, since), or addresses alone');
  answering(importing, async (file: string) => {
    const { config, commands } = await load();
    return commands.suppressionImport(config, file);
  });
  examples(importing, [['nurture suppression import old-tool.csv', 'lines that cannot be kept are named']]);

  const exporting = suppression.command('export').description('write all suppressions as CSV');
  answering(exporting, async () => {
    const { config, commands } = await load();
    return commands.suppressionExport(config);
  });
  examples(exporting, [['nurture suppression export > suppressions.csv', 'email, reason, source, since']]);
}

async function load(): Promise<{
  config: import('../../runtime/config.ts').Config;
  commands: typeof import('../suppression.ts');
}> {
  const { loadConfig } = await import('../../runtime/config.ts');
  return { config: loadConfig(process.env), commands: await import('../suppression.ts') };
}
