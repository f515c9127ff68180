import type { Command } from 'commander';
import { MOST_WEIGHT } from '../../domain/route.ts';
import { answering, examples, family } from '../command.ts';
import type { HandOverOptions } from '../hand-over.ts';
import { wholeNumber } from '../numbers.ts';

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
  registerSet(reps);
  registerAbsence(reps);
  registerHandOver(reps);
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

/** A limit, or `none`. */
function limit(text: string): number | null {
  return text === 'none' ? null : wholeNumber(1, 10_000, 'a whole number from 1 to 10000, or none')(text);
}

interface Limits {
  weight?: number;
  maxOpen?: number | null;
  maxPerDay?: number | null;
  maxPerHour?: number | null;
  hours?: string;
  dailyDigest?: boolean;
}

function registerSet(reps: Command): void {
  const command = reps
    .command('set')
    .description('set the weight and the limits of a rep')
    .argument('<rep>', 'key or id of the rep')
    .option(
      '--weight <number>',
      'of a rep among the colleagues of weight 1: 2 gets twice the leads',
      wholeNumber(1, MOST_WEIGHT),
    )
    .option('--max-open <number>', 'leads at once, or none', limit)
    .option('--max-per-day <number>', 'offers in any 24 hours, or none', limit)
    .option('--max-per-hour <number>', 'offers in any hour, or none', limit)
    .option('--hours <hours>', 'own working hours, such as "mon-thu 09:00-13:00", or none for those of the team')
    .option('--daily-digest', 'mail the list of the day on the mornings of the working days')
    .option('--no-daily-digest', 'mail it no more');
  answering(command, async (rep: string, { hours, ...limits }: Limits) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { hoursIn, repsSet } = await import('../reps.ts');
    const workingHours = hours === undefined ? undefined : hoursIn(hours);
    return repsSet(loadConfig(process.env), rep, { ...limits, workingHours });
  });
  examples(command, [
    ['nurture reps set ada --hours "mon-thu 09:00-13:00"', 'the time to answer runs in these hours only'],
    ['nurture reps set ada --weight 2 --max-open 20', 'two leads for each of a colleague, 20 at once'],
  ]);
}

function registerAbsence(reps: Command): void {
  const away = reps
    .command('away')
    .description(
      'enter the absence of a rep, who gets no offers in this time; it takes the place of one entered before',
    )
    .argument('<rep>', 'key or id of the rep')
    .requiredOption('--from <date>', 'the first day, as 2026-12-21, or an instant with its zone')
    .option('--until <date>', 'the day on which the rep is back; without it the absence has no end')
    .option('--deputy <rep>', 'who gets the leads that the rep knows');
  answering(away, async (rep: string, { from, until, deputy }: { from: string; until?: string; deputy?: string }) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { repsAway } = await import('../reps.ts');
    return repsAway(loadConfig(process.env), rep, { from, until, deputy });
  });
  examples(away, [
    [
      'nurture reps away ada --from 2026-12-21 --until 2027-01-04 --deputy bob',
      'days are those of the zone of the rep',
    ],
  ]);
  const back = reps.command('back').description('end an absence').argument('<rep>', 'key or id of the rep');
  answering(back, async (rep: string) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { repsSet } = await import('../reps.ts');
    return repsSet(loadConfig(process.env), rep, { away: null });
  });
  examples(back, [['nurture reps back ada', 'ada gets offers again, and does not make up for the time away']]);
}

function registerHandOver(reps: Command): void {
  const several = (value: string, before: string[] = []): string[] => [...before, value];
  const command = reps
    .command('hand-over')
    .description('hand over the open leads of a rep, to one or several; first shows which')
    .argument('<rep>', 'key or id of the rep')
    .option(
      '--to <rep>',
      'who gets them; given several times: whose turn it is among those who are here and have room',
      several,
    )
    .option('--team <team>', 'whose turn it is in this team')
    .option('--lead <lead>', 'this lead alone, by its id or address; can be given several times', several)
    .option('--note <text>', 'what the next rep has to know')
    .option('--do', 'do it; without it nothing happens');
  answering(command, async (rep: string, options: HandOverOptions) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { handOverLeads } = await import('../hand-over.ts');
    return handOverLeads(loadConfig(process.env), rep, options);
  });
  examples(command, [
    [
      'nurture reps hand-over ada --to bob --to cleo',
      'which leads that would be, and by when each is to be decided on',
    ],
    ['nurture reps hand-over ada --to bob --to cleo --do', 'hands them over, and tells the times before and now'],
  ]);
}
