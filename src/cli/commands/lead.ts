import type { Command } from 'commander';
import { DEFAULT_RATE, HIGHEST_RATE } from '../../domain/bulk-run.ts';
import { answering, examples, family } from '../command.ts';
import type { EnrollChoice } from '../lead-enroll.ts';
import type { OutcomeOptions } from '../lead-outcome.ts';
import { wholeNumber } from '../numbers.ts';

const LEAD = ['<lead>', 'its id (lead-…) or its email address'] as const;

export function registerLead(program: Command): void {
  const lead = family(program, 'lead');
  const show = lead
    .command('show')
    .description('show a lead and everything that happened')
    .argument(...LEAD);
  answering(show, async (who: string) => {
    const { config, commands } = await load();
    return commands.leadShow(config, who);
  });
  examples(show, [['nurture lead show ada@lovelace.example', 'stage, score, cadence, and the story']]);

  const why = lead
    .command('why')
    .description('tell why a lead got, or did not get, an email, and what comes next')
    .argument(...LEAD);
  answering(why, async (who: string) => {
    const { config, commands } = await load();
    return commands.leadWhy(config, who);
  });
  examples(why, [
    ['nurture lead why lead-01…', 'the next step and its time, the score by rule, what was not sent and why'],
  ]);

  const exported = lead
    .command('export')
    .description('everything that is stored about a person, as JSON (GDPR)')
    .argument(...LEAD)
    .option('--out <file>', 'a new file that its owner alone can read; without it the answer is printed');
  answering(exported, async (who: string, options: { out?: string }) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { leadExport } = await import('../lead-person.ts');
    return leadExport(loadConfig(process.env), who, options);
  });
  examples(exported, [
    [
      'nurture lead export lead-01… --out ada.json',
      'look through it before it is handed over: notes of reps are in it',
    ],
  ]);

  const erase = lead
    .command('erase')
    .description('delete everything that is stored about a person, for good (GDPR)')
    .argument(...LEAD)
    .option('--do', 'do it; without it nothing happens');
  answering(erase, async (who: string, options: { do?: boolean }) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { leadErase } = await import('../lead-person.ts');
    return leadErase(loadConfig(process.env), who, { really: options.do === true });
  });
  examples(erase, [
    ['nurture lead erase lead-01…', 'what would be deleted'],
    ['nurture lead erase lead-01… --do', 'deletes it; the address stays blocked if it was, by a hash'],
  ]);

  const move = lead
    .command('move')
    .description('put a lead into a cadence; one that is in it already stays where it is')
    .argument(...LEAD)
    .argument('<cadence>', 'key of the cadence')
    .option('--step <id>', 'before this step, not at the beginning')
    .option('--restart', 'begin the cadence again');
  answering(move, async (who: string, cadence: string, options: { step?: string; restart?: boolean }) => {
    const { config, commands } = await load();
    return commands.leadMove(config, who, cadence, options);
  });
  examples(move, [
    ['nurture lead move lead-01… trade-show-offer', 'its first step comes next'],
    ['nurture lead move lead-01… trade-show-offer --restart', 'once more, from the beginning'],
  ]);

  const enroll = lead
    .command('enroll')
    .description('put all leads that a condition holds for into a cadence; first shows which')
    .argument('<cadence>', 'key of the cadence')
    .requiredOption('--where <condition>', 'which leads, as a condition in a file (docs/conditions.md)')
    .option('--step <id>', 'before this step, not at the beginning')
    .option(
      '--rate <number>',
      `leads that are told in a second, at most (${DEFAULT_RATE})`,
      wholeNumber(1, HIGHEST_RATE),
    )
    .option('--do', 'do it; without it nothing happens');
  answering(enroll, async (cadence: string, options: EnrollChoice) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { leadEnroll } = await import('../lead-enroll.ts');
    return leadEnroll(loadConfig(process.env), cadence, options);
  });
  examples(enroll, [
    ["nurture lead enroll win-back --where 'segment: back-again'", 'how many that would be, and some of them'],
    ["nurture lead enroll welcome --step case-study --where '{ source: ebook, stage: dormant }' --do", 'does it'],
  ]);

  const outcome = lead
    .command('outcome')
    .description('record what became of a lead: opportunity, won, lost, no-need, back-to-nurture')
    .argument(...LEAD)
    .argument('<result>', 'opportunity, won, lost, no-need or back-to-nurture; won again for what comes after the sale')
    .option('--reason <key>', 'why, a key of reasons.yaml')
    .option('--funnel-stage <stage>', 'where the sale stands, a stage of the funnel in settings.yaml')
    .option('--need-id <id>', 'with won: the need whose sale goes on, also while another one is open')
    .option('--value <amount>', 'what it brings, such as "12500.00 EUR"')
    .option('--note <text>', 'what the next person has to know');
  answering(outcome, async (who: string, result: string, options: OutcomeOptions) => {
    const { config, commands } = await load();
    return commands.leadOutcome(config, who, result, options);
  });
  examples(outcome, [
    ['nurture lead outcome lead-01… won --value "12500.00 EUR" --funnel-stage paid', 'the need is closed, a customer'],
    ['nurture lead outcome lead-01… won --funnel-stage delivered', 'later: the sale has come so far'],
    ['nurture lead outcome lead-01… lost --reason put-off', 'closed; what follows is said by the reason'],
  ]);

  const reopen = lead
    .command('reopen')
    .description('re-open a lead that was disqualified by mistake')
    .argument(...LEAD)
    .requiredOption('--note <text>', 'why it is a lead after all');
  answering(reopen, async (who: string, { note }: { note: string }) => {
    const { config, commands } = await load();
    return commands.leadReopen(config, who, note);
  });
  examples(reopen, [
    [
      'nurture lead reopen lead-01… --note "A real buyer"',
      'with the rep who had accepted it, else in the nurture pool',
    ],
  ]);

  const forward = lead
    .command('fast-forward')
    .description('let time pass for a lead, with everything that falls due; not in production')
    .argument(...LEAD)
    .argument('<duration>', 'such as "4 days" or P4D');
  answering(forward, async (who: string, duration: string) => {
    const { config, commands } = await load();
    return commands.leadFastForward(config, who, duration);
  });
  examples(forward, [['nurture lead fast-forward lead-01… "4 days"', 'the mails of the next four days leave now']]);
}

async function load(): Promise<{
  config: import('../../runtime/config.ts').Config;
  commands: typeof import('../lead.ts') & typeof import('../lead-outcome.ts');
}> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const commands = { ...(await import('../lead.ts')), ...(await import('../lead-outcome.ts')) };
  return { config: loadConfig(process.env), commands };
}
