import type { Command } from 'commander';
import { HIGHEST_RATE } from '../../domain/bulk-run.ts';
import { answering, examples, family } from '../command.ts';
import { wholeNumber } from '../numbers.ts';

const RUN = ['<run>', 'its id (run_…), as `nurture runs list` shows it'] as const;

export function registerRuns(program: Command): void {
  const runs = family(program, 'runs');
  const list = runs.command('list').description('list the newest runs: what they do, and how far they are');
  answering(list, async () => {
    const { config, commands } = await load();
    return commands.runsList(config);
  });
  examples(list, [['nurture runs list', 'migrations, commands to many leads, and what goes on after a pause']]);

  const show = runs
    .command('show')
    .description('show a run: how far it is, what became of the leads, and why it stopped')
    .argument(...RUN);
  answering(show, async (run: string) => {
    const { config, commands } = await load();
    return commands.runsShow(config, run);
  });
  examples(show, [['nurture runs show run_01…', 'leads by what became of them']]);

  const watch = runs
    .command('watch')
    .description(
      'watch a run until it is over, with a progress bar; ends with 1 when it is paused, canceled or stopped',
    )
    .argument('[run]', 'its id; by default the newest');
  answering(watch, async (run: string | undefined) => {
    const { config, commands } = await load();
    return commands.runsWatch(config, run);
  });
  examples(watch, [
    ['nurture runs watch', 'the newest run, such as the one that publish --migrate has just begun'],
    ['nurture runs watch run_01… --json', 'for a script: waits, then answers with the run'],
  ]);
  registerChanges(runs);
}

function registerChanges(runs: Command): void {
  const pause = runs
    .command('pause')
    .description('pause a run: what is done stays done')
    .argument(...RUN);
  answering(pause, async (run: string) => {
    const { config, commands } = await load();
    return commands.runsChange(config, run, 'pause');
  });
  examples(pause, [['nurture runs pause run_01…', 'it goes on when it is resumed']]);

  const resume = runs
    .command('resume')
    .description('resume a run that was paused or that stopped by itself')
    .argument(...RUN)
    .option('--rate <number>', 'leads that are told in a second, at most', wholeNumber(1, HIGHEST_RATE));
  answering(resume, async (run: string, { rate }: { rate?: number }) => {
    const { config, commands } = await load();
    return commands.runsChange(config, run, 'resume', rate === undefined ? {} : { rate });
  });
  examples(resume, [['nurture runs resume run_01… --rate 100', 'faster than before']]);

  const cancel = runs
    .command('cancel')
    .description('cancel a run for good: what is done stays done, the rest stays as it is')
    .argument(...RUN);
  answering(cancel, async (run: string) => {
    const { config, commands } = await load();
    return commands.runsChange(config, run, 'cancel');
  });
  examples(cancel, [['nurture runs cancel run_01…', 'the leads that it has not come to are left alone']]);
}

async function load(): Promise<{
  config: import('../../runtime/config.ts').Config;
  commands: typeof import('../runs.ts');
}> {
  const { loadConfig } = await import('../../runtime/config.ts');
  return { config: loadConfig(process.env), commands: await import('../runs.ts') };
}
