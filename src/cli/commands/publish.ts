import { InvalidArgumentError, Option, type Command } from 'commander';
import { DEFAULT_RATE, HIGHEST_RATE } from '../../domain/bulk-run.ts';
import { CROSSINGS, DEFAULT_PER_HOUR, HIGHEST_PER_HOUR } from '../../domain/rescoring.ts';
import { answering, examples, GROUPS } from '../command.ts';
import { baseNumber, revisionNumber, wholeNumber } from '../numbers.ts';
import type { PublishChoice } from '../publish.ts';

export function registerPublish(program: Command): void {
  const publish = program
    .command('publish')
    .helpGroup(GROUPS.publish)
    .description('check the playbook and the templates, and put them in force as the next playbook revision')
    .option('--note <text>', 'what the revision changes, for the list of revisions')
    .option('--author <name>', 'the name of the author; by default the user of this machine')
    .option('--base <number>', 'refuse when this is no longer the newest playbook revision', baseNumber)
    .option(
      '--revision <number>',
      'roll back: publish the content of this playbook revision again, not the files',
      revisionNumber,
    )
    .option('--again', 'publish although an earlier playbook revision says the same: it is meant to be in force again')
    .addOption(
      new Option('--migrate', 'move leads that are on the way to the new revision, step by step').conflicts([
        'restart',
        'amend',
      ]),
    )
    .addOption(
      new Option('--restart', 'let leads that are on the way begin again in the new revision').conflicts('amend'),
    )
    .option('--amend', 'give leads that are on the way the new words of templates; refused when steps have changed')
    .addOption(
      new Option(
        '--include-finished',
        'give steps that were appended to a cadence to those, too, who have finished it',
      ).conflicts(['canary', 'promote', 'halt']),
    )
    .addOption(
      new Option('--canary <percent>', 'give changed cadences to this share of new enrollments first')
        .argParser(percent)
        .conflicts(['migrate', 'restart', 'amend', 'promote', 'halt', 'revision']),
    )
    .addOption(
      new Option('--promote', 'give the revision of the canary to every new enrollment').conflicts([
        'halt',
        'restart',
        'amend',
        'revision',
      ]),
    )
    .addOption(
      new Option('--halt <why>', 'give the revision of the canary to no new enrollment any more').conflicts([
        'restart',
        'amend',
        'revision',
      ]),
    )
    .option(
      '--cadence <key>',
      'with --migrate, --restart, --amend, --include-finished, --canary, --promote or --halt: only this cadence and its leads',
    )
    .option(
      '--rate <number>',
      `leads that are told in a second, at most (${DEFAULT_RATE})`,
      wholeNumber(1, HIGHEST_RATE),
    );
  rescoringOptions(publish);
  answering(publish, async (options: PublishChoice) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { publishCommand } = await import('../publish.ts');
    return publishCommand(loadConfig(process.env), options);
  });
  examples(publish, [
    ['nurture publish --note "A second reminder"', 'what changed, and under which number it is in force'],
    ['nurture publish --base 7', 'refused if somebody else has published since revision 7'],
    ['nurture publish --migrate --cadence welcome', 'the leads of one cadence go with its new revision'],
    ['nurture publish --migrate --include-finished', 'new steps at the end, also for who has come to the end before'],
    ['nurture publish --amend', 'a mended text for everybody who still has the mail to come'],
    ['nurture publish --canary 5% --cadence welcome', 'the changed cadence for one new lead in twenty'],
    ['nurture publish --promote', 'what the canary tried is for everybody who comes in from now on'],
    ['nurture publish --halt "too many unsubscribes" --migrate', 'ends it, and takes its leads back'],
    ['nurture publish --rescore mark', 'new scoring rules: scores are made anew, and nobody is handed over by that'],
    ['nurture publish --rescore hand-off --per-hour 20', 'the same, and who is ready goes to sales, 20 an hour'],
    ['nurture publish --revision 6 --migrate', 'rolls back to what revision 6 says, and takes leads on the way along'],
  ]);
}

function rescoringOptions(publish: Command): void {
  publish
    .addOption(
      new Option(
        '--rescore <ready>',
        'make all scores and grades anew by the rules, in a run of its own; leads that are ready by them: mark, or hand-off',
      )
        .choices(CROSSINGS)
        .conflicts(['canary', 'promote', 'halt']),
    )
    .option(
      '--per-hour <number>',
      `with --rescore hand-off: leads that are handed over in an hour, at most (${DEFAULT_PER_HOUR})`,
      wholeNumber(1, HIGHEST_PER_HOUR),
    );
}

/** "5", "5%", "0.5%" */
function percent(text: string): number {
  const value = Number(text.replace(/\s*%$/, ''));
  if (text.trim() === '' || !(value > 0 && value < 100))
    throw new InvalidArgumentError('expected a share of more than 0 and less than 100 percent, such as 5%.');
  return value;
}
