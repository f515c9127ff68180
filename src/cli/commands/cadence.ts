import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

export function registerCadence(program: Command): void {
  const cadence = family(program, 'cadence');
  const list = cadence.command('list').description('list the published cadences, and how many leads are in each');
  answering(list, async () => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { cadenceList } = await import('../cadence.ts');
    return cadenceList(loadConfig(process.env));
  });
  examples(list, [['nurture cadence list', 'all, with the revision in force']]);

  const show = cadence
    .command('show')
    .description('draw a cadence, with how many leads stand where, and what each step sent and people did with it')
    .argument('<cadence>', 'its key, which is the name of its file')
    .option('--mermaid', 'draw it as Mermaid, for a document');
  answering(show, async (key: string, options: { mermaid?: boolean }) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { cadenceShow } = await import('../cadence.ts');
    return cadenceShow(loadConfig(process.env), key, options);
  });
  examples(show, [
    [
      'nurture cadence show ebook-resources',
      'in the terminal; clicks and replies are those of people, machines do not count',
    ],
    ['nurture cadence show ebook-resources --mermaid > cadence.mmd', 'for a document'],
    ['nurture cadence show ebook-resources --json', 'the figures of each step'],
  ]);

  const results = cadence
    .command('results')
    .description('compare the arms of its splits, and its canary with the revision in force')
    .argument('<cadence>', 'its key');
  answering(results, async (key: string) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { cadenceResults } = await import('../cadence-results.ts');
    return cadenceResults(loadConfig(process.env), key);
  });
  examples(results, [
    [
      'nurture cadence results ebook-resources',
      'who entered, clicked, replied, reached the goal, unsubscribed, left where',
    ],
    ['nurture cadence results ebook-resources --json', 'the same as one document'],
  ]);
  registerPauses(cadence);
}

function registerPauses(cadence: Command): void {
  const pause = cadence
    .command('pause')
    .description('pause a cadence: its leads stand still where they are, and none is lost')
    .argument('<cadence>', 'its key')
    .option('--reason <text>', 'why, for whoever asks');
  answering(pause, async (key: string, options: { reason?: string }) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { cadencePause } = await import('../cadence-pause.ts');
    return cadencePause(loadConfig(process.env), key, options);
  });
  examples(pause, [
    ['nurture cadence pause trade-show-offer --reason "wrong price"', 'nothing of it is sent from now on'],
  ]);

  const resume = cadence
    .command('resume')
    .description('resume a paused cadence; what fell due meanwhile leaves lead by lead')
    .argument('<cadence>', 'its key');
  answering(resume, async (key: string) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { cadenceResume } = await import('../cadence-pause.ts');
    return cadenceResume(loadConfig(process.env), key);
  });
  examples(resume, [['nurture cadence resume trade-show-offer', 'its leads go on where they stood']]);
}
