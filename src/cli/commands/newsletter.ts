import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

const KEY = ['<newsletter>', 'its key in newsletters.yaml, such as garden-news'] as const;

export function registerNewsletter(program: Command): void {
  const newsletter = family(program, 'newsletter');
  const list = newsletter
    .command('list')
    .description('list the newsletters of the playbook, and when they go out next');
  answering(list, async () => {
    const { config, commands } = await load();
    return commands.newsletterList(config);
  });
  examples(list, [['nurture newsletter list', 'times, state, next issue']]);

  const show = newsletter
    .command('show')
    .description('show a newsletter and its newest issues')
    .argument(...KEY);
  answering(show, async (key: string) => {
    const { config, commands } = await load();
    return commands.newsletterShow(config, key);
  });
  examples(show, [['nurture newsletter show garden-news', 'also why no issue went out']]);

  for (const [word, does, shown] of [
    [
      'pause',
      'pause a newsletter: no issue begins before it is resumed',
      'an issue under way is a broadcast: pause that',
    ],
    ['resume', 'resume a newsletter', 'it goes on with its next time'],
  ] as const) {
    const command = newsletter
      .command(word)
      .description(does)
      .argument(...KEY);
    answering(command, async (key: string) => {
      const { config, commands } = await load();
      return commands.newsletterChange(config, key, word);
    });
    examples(command, [[`nurture newsletter ${word} garden-news`, shown]]);
  }

  const now = newsletter
    .command('send-now')
    .description('send an issue now, also of a newsletter that is paused')
    .argument(...KEY);
  answering(now, async (key: string) => {
    const { config, commands } = await load();
    return commands.newsletterSendNow(config, key);
  });
  examples(now, [['nurture newsletter send-now garden-news', 'then: nurture broadcast watch with the key it names']]);
}

async function load(): Promise<{
  config: import('../../runtime/config.ts').Config;
  commands: typeof import('../newsletter.ts');
}> {
  const { loadConfig } = await import('../../runtime/config.ts');
  return { config: loadConfig(process.env), commands: await import('../newsletter.ts') };
}
