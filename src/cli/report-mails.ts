/** Reports by mail, on the command line. */
import Table from 'cli-table3';
import type { DigestRhythm } from '../domain/digest.ts';
import { AppError } from '../domain/errors.ts';
import { readAsk, refuseBy } from '../reports/ask.ts';
import { REPORTS, reportNamed } from '../reports/registry.ts';
import { wordsAsked } from '../reports/words.ts';
import type { Config } from '../runtime/config.ts';
import { listSubscriptions, subscribeByAddress, unsubscribeReport } from '../store/report-digests.ts';
import type { Answer } from './command.ts';
import { publishedPlaybook } from './published-playbook.ts';
import { withDatabase } from './reach.ts';
import { filterOf } from './reports.ts';

export async function subscriptionsList(config: Config): Promise<Answer> {
  return withDatabase(config, async (db) => {
    const subscriptions = (await listSubscriptions(db)).map(({ actor, ...one }) => ({
      ...one,
      getsIt: actor !== null,
    }));
    const table = new Table({
      head: ['Id', 'Report', 'Asked', 'Every', 'To', 'Last'],
      style: { head: [], border: [] },
    });
    for (const { id, report, words, every, email, getsIt, last } of subscriptions)
      table.push([
        id,
        report,
        wordsAsked(words),
        every,
        getsIt ? email : `${email} (may sign in no more: gets nothing)`,
        last === null ? 'none yet' : `${last.period}: ${last.status}`,
      ]);
    const none = 'Nobody gets a report by mail: `npx nurture report subscribe funnel --to ADDRESS`.';
    return { data: { subscriptions }, text: subscriptions.length === 0 ? none : table.toString() };
  });
}

interface Asked {
  to: string;
  every: DigestRhythm;
  by?: string;
  segment?: string;
  only?: readonly string[];
}

/** @throws AppError NOT_FOUND, VALIDATION_FAILED, PLAYBOOK_UNPUBLISHED */
export async function subscribeTo(
  config: Config,
  report: string,
  { to, every, by, segment, only = [] }: Asked,
): Promise<Answer> {
  const words: Record<string, string> = {
    ...(by && { by }),
    ...(segment && { segment }),
    ...Object.fromEntries(only.map(filterOf)),
  };
  return withDatabase(config, async (db) => {
    const playbook = await publishedPlaybook(db);
    refuseBy(reportNamed(report), by, REPORTS, `--by ${by}`);
    readAsk(reportNamed(report), words, { scope: { kind: 'all' }, playbook, realNowMs: Date.now() });
    const id = await subscribeByAddress(db, to, { report, every, words, createdBy: 'system' });
    const when = every === 'daily' ? 'every day' : 'every Monday';
    return { data: { id }, text: `${to} gets ‘${report}’ ${when} at 7, ${playbook.defaultTimeZone} (${id}).` };
  });
}

/** @throws AppError NOT_FOUND */
export async function unsubscribeFrom(config: Config, id: string): Promise<Answer> {
  return withDatabase(config, async (db) => {
    if (!(await unsubscribeReport(db, id)))
      throw new AppError('NOT_FOUND', 'There is no such subscription: `npx nurture report subscriptions`');
    return { data: { id }, text: 'It goes out no more.' };
  });
}
