import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

const SEND = ['<send>', 'its id (send-…), as `lead show` and /v1/attention have it'] as const;

export function registerSend(program: Command): void {
  const send = family(program, 'send');
  const show = send
    .command('show')
    .description('show a message: what became of it, and what people did about it')
    .argument(...SEND);
  answering(show, async (id: string) => {
    const { config, commands } = await load();
    return commands.sendShow(config, id);
  });
  examples(show, [['nurture send show send-01…', 'sent, delivered, bounced, in doubt …']]);

  const resend = send
    .command('resend')
    .description('send a message in doubt once more, after a look into the log of the mail server')
    .argument(...SEND);
  answering(resend, async (id: string) => {
    const { config, commands } = await load();
    return commands.sendResend(config, id);
  });
  examples(resend, [['nurture send resend send-01…', 'the same words in a new message; typing it twice sends one']]);

  const dismiss = send
    .command('dismiss')
    .description('say that nothing follows from a message in doubt')
    .argument(...SEND);
  answering(dismiss, async (id: string) => {
    const { config, commands } = await load();
    return commands.sendDismiss(config, id);
  });
  examples(dismiss, [['nurture send dismiss send-01…', 'it no longer waits for a person']]);
}

async function load(): Promise<{
  config: import('../../runtime/config.ts').Config;
  commands: typeof import('../send.ts');
}> {
  const { loadConfig } = await import('../../runtime/config.ts');
  return { config: loadConfig(process.env), commands: await import('../send.ts') };
}
