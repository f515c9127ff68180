import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

export function registerSending(program: Command): void {
  const sending = family(program, 'sending');
  const show = sending
    .command('show')
    .description('what is paused, which receivers refuse our mails, and how much of the limits of sending is used');
  answering(show, async () => {
    const { config, commands } = await load();
    return commands.sendingShow(config);
  });
  examples(show, [
    [
      'nurture sending show',
      'since when, by whom and why ("system" is the engine itself); the limits, what is used, who waits',
    ],
  ]);

  const pause = sending.command('pause').description('pause all sending to leads').option('--reason <words>', 'why');
  answering(pause, async (options: { reason?: string }) => {
    const { config, commands } = await load();
    return commands.sendingPause(config, options);
  });
  examples(pause, [['nurture sending pause --reason "a wrong price"', 'leads and broadcasts stand still']]);

  const resume = sending.command('resume').description('resume all sending to leads, also after it stopped by itself');
  answering(resume, async () => {
    const { config, commands } = await load();
    return commands.sendingResume(config);
  });
  examples(resume, [['nurture sending resume', 'what fell due meanwhile is done one after the other']]);

  const lift = sending
    .command('lift <receiver>')
    .description('let mails go again to a receiver that refused them, once the cause is mended');
  answering(lift, async (receiver: string) => {
    const { config, commands } = await load();
    return commands.sendingLift(config, receiver);
  });
  examples(lift, [['nurture sending lift example.com', '`sending show` lists the receivers that refuse our mails']]);
}

async function load(): Promise<{
  config: import('../../runtime/config.ts').Config;
  commands: typeof import('../sending.ts');
}> {
  const { loadConfig } = await import('../../runtime/config.ts');
  return { config: loadConfig(process.env), commands: await import('../sending.ts') };
}
