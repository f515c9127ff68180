/** `cadence results`: the arms of the splits of a cadence, and its canary beside the revision in force. */
import Table from 'cli-table3';
import { AppError } from '../domain/errors.ts';
import { minuteInUtc } from '../domain/when.ts';
import type { Config } from '../runtime/config.ts';
import { wasPublished } from '../store/lists/cadences.ts';
import { armsOf } from '../steps/split/position.ts';
import { armResults, compareRevisions, type GroupResult } from '../store/lists/results.ts';
import { newestTrial, type Trial } from '../store/lists/trials.ts';
import type { Answer } from './command.ts';
import { withDatabase } from './reach.ts';

/** @throws AppError CADENCE_UNKNOWN */
export async function cadenceResults(config: Config, cadence: string): Promise<Answer> {
  return withDatabase(config, async (db) => {
    if (!(await wasPublished(db, cadence)))
      throw new AppError('CADENCE_UNKNOWN', `There is no published cadence "${cadence}": \`nurture cadence list\`.`);
    const trial = await newestTrial(db, cadence);
    const compared = trial === null ? null : await compareRevisions(db, trial);
    const arms = await armResults(db, cadence, armsOf);
    const splits = [...new Set(arms.map(({ stepId }) => stepId))].map((stepId) => ({
      stepId,
      arms: arms.filter((one) => one.stepId === stepId).map(({ arm, result }) => ({ arm, result })),
    }));
    const parts = [
      ...(trial === null || compared === null
        ? []
        : [
            trialInWords(trial),
            tableOf([
              [`canary: revision ${trial.revision}`, compared.canary],
              [`in force: revision ${trial.inForce}`, compared.inForce],
            ]),
          ]),
      ...splits.flatMap((split) => [
        `Split ‘${split.stepId}’, counted from there on:`,
        tableOf(split.arms.map(({ arm, result }) => [arm, result])),
      ]),
    ];
    const { canaryId: _canary, inForceId: _inForce, ...shown } = trial ?? {};
    return {
      data: { cadence, canary: compared === null ? null : { ...shown, results: compared }, splits },
      text:
        parts.length === 0
          ? `‘${cadence}’ has no split that anybody came to, and never had a canary: \`nurture cadence show ${cadence}\` has the figures of its steps.`
          : parts.join('\n'),
    };
  });
}

function trialInWords({ percent, since, until, haltedBecause }: Trial): string {
  const began = `The canary got ${percent}% of new enrollments from ${minuteInUtc(since)}`;
  if (until === null) return `${began} on, and runs. Both began in that time:`;
  const end = haltedBecause === null ? 'it was promoted' : `it was halted: ${haltedBecause}`;
  return `${began} to ${minuteInUtc(until)}, when ${end}. Both began in that time:`;
}

/** What each row shows, and of what its share is given. */
const COLUMNS = [
  ['Mailed', 'mailed', 'entered'],
  ['Clicked', 'clicked', 'tracked'],
  ['Replied', 'replied', 'mailed'],
  ['Goal', 'goals', 'entered'],
  ['To the end', 'completed', 'entered'],
  ['Ready for sales', 'ready', 'entered'],
  ['Held out', 'heldOut', 'entered'],
  ['Qualified', 'qualified', 'entered'],
  ['Won', 'won', 'entered'],
  ['Unsubscribed', 'unsubscribed', 'mailed'],
  ['Complained', 'complained', 'mailed'],
  ['Bounced', 'bounced', 'mailed'],
  ['Refused', 'failed', null],
  ['Held', 'held', 'entered'],
] as const;

/** Clicks that do not count. */
const UNCOUNTED = [
  ['Clicks, perhaps a scanner’s', 'suspect'],
  ['Clicked by machines', 'machine'],
] as const;

function tableOf(groups: readonly (readonly [string, GroupResult])[]): string {
  const shown = COLUMNS.filter(([, what]) => groups.some(([, result]) => result[what] > 0));
  const table = new Table({ style: { head: [], border: [] } });
  table.push({ '': groups.map(([name]) => name) });
  table.push({
    Entered: groups.map(([, { entered, running }]) => `${entered}${running > 0 ? `, ${running} in it` : ''}`),
  });
  for (const [name, what, of] of shown)
    table.push({ [name]: groups.map(([, result]) => withShare(result[what], of === null ? 0 : result[of])) });
  for (const [name, verdict] of UNCOUNTED)
    if (groups.some(([, { clicks }]) => clicks[verdict] > 0))
      table.push({ [name]: groups.map(([, { clicks }]) => clicks[verdict]) });
  if (groups.some(([, { mailed, tracked }]) => tracked < mailed))
    table.push({ 'Not tracked': groups.map(([, { mailed, tracked }]) => mailed - tracked) });
  const steps = [...new Set(groups.flatMap(([, { left }]) => Object.keys(left)))].toSorted();
  for (const step of steps)
    table.push({ [step === '' ? 'Left early' : `Left at ${step}`]: groups.map(([, { left }]) => left[step] ?? 0) });
  return table.toString();
}

function withShare(count: number, of: number): string {
  return count === 0 || of === 0 ? String(count) : `${count} (${Math.round((1_000 * count) / of) / 10}%)`;
}
