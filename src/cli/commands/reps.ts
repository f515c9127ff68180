import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

export function registerReps(program: Command): void {
  const reps = family(program, 'reps');
  const list = reps.command('list').description('list the reps with their teams and open offers');
  answering(list, async () => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { repsList } = await import('../reps.ts');
    return repsList(loadConfig(process.env));
  });
  examples(list, [['nurture reps list', 'who takes leads, and how many offers wait for each']]);
  registerSwitch(reps, 'activate', 'let a rep who was switched off get offers again');
  registerSwitch(reps, 'deactivate', 'offer no leads to a rep any more, whatever is published');
}

function registerSwitch(reps: Command, name: 'activate' | 'deactivate', description: string): void {
  const command = reps.command(name).description(description).argument('<rep>', 'key or id of the rep');
  answering(command, async (rep: string) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { repsSwitch } = await import('../reps.ts');
    return repsSwitch(loadConfig(process.env), rep, name === 'activate');
  });
  examples(command, [[`nurture reps ${name} ada`, description]]);
}
