/** The stack is quiet when nothing is under way and nothing falls due for a while. */
import { comingTo } from './check/broadcasts.ts';
import type { Rows } from './check/evidence.ts';
import { clockOf, isStopped } from './check/invariant.ts';

/** Longer than an attempt may last. An older claim was left behind by a crash, and waits for the reconciler. */
const ATTEMPT_MS = 60_000;

/** What keeps the stack from being quiet; empty when it is quiet. `calmMs`: nothing may fall due for this long. */
export function unquiet(
  { leads, outbox, tracked, sends, assignments, bulkRuns, broadcasts, recipients, owedHooks, alerts, at }: Rows,
  calmMs: number,
): string[] {
  const soon = leads.filter(
    (lead) => !isStopped(lead) && lead.nextDueAt !== null && lead.nextDueAt.getTime() < clockOf(lead, at) + calmMs,
  );
  const counts = {
    'bells unheard': outbox.length,
    'opens and clicks that are not recorded': tracked.length,
    'mails on their way': sends.filter(
      ({ status, recordedAt }) => status === 'claimed' && at.getTime() - recordedAt.getTime() < ATTEMPT_MS,
    ).length,
    'hand-offs that a program is not told of': owedHooks.length,
    'alerts that are held': alerts.filter(({ held, mailId }) => held && mailId === null).length,
    'bulk runs under way': bulkRuns.filter(({ status }) => status === 'running').length,
    'broadcasts under way': broadcasts.filter((one) => {
      const { status, isGathered } = one;
      const left = comingTo(one, recipients);
      const isDue = left.length === 0 || left.some(({ dueAt }) => dueAt.getTime() < at.getTime() + calmMs);
      return status === 'running' && (!isGathered || isDue);
    }).length,
    'leads due': soon.length,
    'offers undecided': assignments.filter(({ status }) => status === 'offered').length,
  };
  return Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]));
}
