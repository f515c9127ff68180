import { Option, type Command } from 'commander';
import { type Goal, GOALS } from '../../domain/learned/model.ts';
import { answering, examples, family } from '../command.ts';

export function registerScoring(program: Command): void {
  const scoring = family(program, 'scoring');
  const backtest = scoring
    .command('backtest')
    .description('show what became of leads that were handed over: win and reject rate by score, grade and rule');
  answering(backtest, async () => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { scoringBacktest } = await import('../scoring.ts');
    return scoringBacktest(loadConfig(process.env));
  });
  examples(backtest, [['nurture scoring backtest', 'by the rules in the folder, published or not']]);

  const learn = scoring
    .command('learn')
    .description('learn a readiness from the outcomes, in words, and how much better than the rules it is')
    .addOption(new Option('--goal <goal>', 'what counts as success').choices(GOALS).default('won'))
    .option('--write', 'write playbook/learned.yaml, to be published; refused when it is no better than the rules')
    .option('--anyway', 'with --write: also when it is no better than the rules');
  answering(learn, async (options: { goal: Goal; write?: boolean; anyway?: boolean }) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { scoringLearn } = await import('../scoring.ts');
    return scoringLearn(loadConfig(process.env), options);
  });
  examples(learn, [
    ['nurture scoring learn', 'weights, calibration, and how good it is; changes nothing'],
    ['nurture scoring learn --goal opportunity --write', 'success is an opportunity; writes the file'],
  ]);
}
