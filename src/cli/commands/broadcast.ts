import { InvalidArgumentError, type Command } from 'commander';
import { HIGHEST_BROADCAST_RATE } from '../../domain/broadcast.ts';
import type { NewBroadcastOptions } from '../broadcast.ts';
import { answering, examples, family } from '../command.ts';
import { wholeNumber } from '../numbers.ts';

const KEY = ['<broadcast>', 'its key, such as news-2026-12, or its id'] as const;
const RATE = ['--rate <number>', 'messages in a minute, at most', wholeNumber(1, HIGHEST_BROADCAST_RATE)] as const;

export function registerBroadcast(program: Command): void {
  const broadcast = family(program, 'broadcast');
  const plan = broadcast
    .command('new')
    .description('plan a broadcast. Nothing is sent before it is previewed and started')
    .argument('<key>', 'a name of your choice, such as news-2026-12')
    .option('--template <template>', 'key of a published template')
    .option('--variant <template=subject>', 'several times instead: variants that are tried on a share first', gathered)
    .option('--share <share>', 'share of the leads that the variants are tried on; by default 0.2', Number)
    .option('--for <duration>', 'how long reactions are waited for; by default 4 hours')
    .option('--by <what>', 'clicks (by default) or replies')
    .option('--if-unclear <what>', 'first (by default): the rest gets the first variant; person: somebody decides')
    .option('--segment <segment>', 'whom it is for')
    .option('--when <condition>', 'whom it is for: a condition as JSON', readCondition)
    .option('--at <time>', 'when it goes out, such as 2026-12-01T09:00:00+01:00; by default as soon as it is started')
    .option('--local <time>', 'the same at a time of each lead’s own zone, such as 2026-12-01T09:00')
    .option(...RATE)
    .option('--again', 'also to leads that got the same words before');
  answering(plan, async (key: string, options: NewBroadcastOptions & { json?: boolean }) => {
    const { json: _json, ...rest } = options;
    const { config, commands } = await load();
    return commands.broadcastNew(config, key, rest);
  });
  examples(plan, [
    ['nurture broadcast new news-2026-12 --template news --segment interested', 'to everybody in a segment'],
    [
      'nurture broadcast new spring --segment interested --variant news --variant "news=Spring is here"',
      'two subjects on a fifth of them, the better one to the rest',
    ],
    [
      `nurture broadcast new sale --template sale --when '{"stage":"customer"}' --local 2026-12-01T09:00`,
      'at nine, wherever they are',
    ],
  ]);

  const list = broadcast.command('list').description('list the newest broadcasts');
  answering(list, async () => {
    const { config, commands } = await load();
    return commands.broadcastList(config);
  });
  examples(list, [['nurture broadcast list', 'what was planned, what runs, what is done']]);

  const show = broadcast
    .command('show')
    .description('show a broadcast: how far it is, and what became of its leads')
    .argument(...KEY);
  answering(show, async (key: string) => {
    const { config, commands } = await load();
    return commands.broadcastShow(config, key);
  });
  examples(show, [['nurture broadcast show news-2026-12', 'leads by what became of them']]);

  const watch = broadcast
    .command('watch')
    .description('watch a broadcast until it is over, with a progress bar; ends with 1 when it is not done')
    .argument(...KEY);
  answering(watch, async (key: string) => {
    const { config, commands } = await load();
    return commands.broadcastWatch(config, key);
  });
  examples(watch, [['nurture broadcast watch news-2026-12', 'until it is done, paused or canceled']]);
  registerChanges(broadcast);
  registerWinner(broadcast);
}

function registerWinner(broadcast: Command): void {
  const winner = broadcast
    .command('winner')
    .description('say which variant the rest of the leads gets')
    .argument(...KEY)
    .argument('<variant>', 'its letter, as `nurture broadcast show` names it');
  answering(winner, async (key: string, variant: string) => {
    const { config, commands } = await load();
    return commands.broadcastWinner(config, key, variant);
  });
  examples(winner, [['nurture broadcast winner news-2026-12 b', 'also before the time of the trial is over']]);
}

const CHANGES = {
  preview: ['see whom it would reach now, and who is left out and why', 'nothing is sent'],
  start: ['start a broadcast that was previewed', 'at once, or at its time'],
  pause: ['pause a broadcast: what is with the mail server is finished', 'it goes on when it is resumed'],
  resume: ['resume a broadcast that was paused or that stopped by itself', 'who has it already gets nothing'],
  cancel: ['cancel a broadcast for good', 'who has not got it gets nothing'],
} as const;

function registerChanges(broadcast: Command): void {
  for (const word of ['preview', 'start', 'pause', 'resume', 'cancel'] as const) {
    const [does, shown] = CHANGES[word];
    const command = broadcast
      .command(word)
      .description(does)
      .argument(...KEY);
    if (word === 'resume') command.option(...RATE);
    answering(command, async (key: string, { rate }: { rate?: number }) => {
      const { config, commands } = await load();
      return commands.broadcastChange(config, key, word, rate === undefined ? undefined : { rate });
    });
    examples(command, [[`nurture broadcast ${word} news-2026-12`, shown]]);
  }
}

function gathered(one: string, before: string[] | undefined): string[] {
  return [...(before ?? []), one];
}

function readCondition(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('expected a condition as JSON such as {"stage":"customer"}');
}

async function load(): Promise<{
  config: import('../../runtime/config.ts').Config;
  commands: typeof import('../broadcast.ts');
}> {
  const { loadConfig } = await import('../../runtime/config.ts');
  return { config: loadConfig(process.env), commands: await import('../broadcast.ts') };
}
