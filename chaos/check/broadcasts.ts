/** Broadcasts and newsletters: nobody is left out, and nobody is come to twice. */
import type { BroadcastRow, Evidence } from './evidence.ts';
import { groupBy, type Invariant } from './invariant.ts';

/** Everybody for whom a broadcast is has a row of it: of a message, of the reason why there is none, or of being still to come. */
export const nobodyLeftOut: Invariant = {
  holds:
    'each lead that a broadcast is for got its message, has the reason on record, or is still to come; and is counted once',
  check(evidence) {
    const gathered = evidence.broadcasts.filter(({ isGathered }) => isGathered);
    const offenders = gathered.flatMap((one) => offencesOf(one, evidence));
    return { checked: gathered.reduce((sum, { total }) => sum + (total ?? 0), 0), offenders };
  },
};

function offencesOf({ id, key, status, total }: BroadcastRow, { recipients, sends, audience }: Evidence): string[] {
  const left = recipients.filter(({ broadcastId }) => broadcastId === id).map(({ leadId }) => leadId);
  const came = sends.filter(({ broadcastId }) => broadcastId === id).map(({ leadId }) => leadId);
  const twice = [...groupBy([...left, ...came], (leadId) => leadId)].filter(([, rows]) => rows.length > 1);
  const reached = new Set([...left, ...came]);
  const meant = audience.filter(({ broadcastId }) => broadcastId === id);
  const missing = meant.filter(({ leadId }) => status !== 'canceled' && !reached.has(leadId));
  const isShort = status !== 'canceled' && total !== reached.size;
  return [
    ...twice.map(([leadId, rows]) => `${key}: ${leadId} has ${rows.length} rows`),
    ...missing.map(({ leadId }) => `${key}: ${leadId} was left out`),
    ...(isShort ? [`${key}: it is for ${total} leads, and has come to or is still to come to ${reached.size}`] : []),
    ...(status === 'done' && left.length > 0 ? [`${key}: it is done, and ${left.length} leads are still to come`] : []),
  ];
}

/** A message that the mail server refused for now comes again after minutes: until then it is no fault that a broadcast is not over. */
export const broadcastsGoOn: Invariant = {
  holds:
    'each broadcast is over or waits for its next message, none stopped by itself, and each newsletter has one issue',
  check({ broadcasts, recipients, at }) {
    const issues = groupBy(
      broadcasts.filter(({ newsletter }) => newsletter !== null),
      ({ newsletter }) => newsletter ?? '',
    );
    const stopped = broadcasts.filter((one) => {
      if (one.status === 'done' || one.status === 'canceled') return false;
      const due = recipients.filter(({ broadcastId }) => broadcastId === one.id).map(({ dueAt }) => dueAt.getTime());
      return one.status !== 'running' || one.error !== null || due.length === 0 || Math.min(...due) < at.getTime();
    });
    return {
      checked: broadcasts.length,
      offenders: [
        ...stopped.map(({ key, status, error }) => `${key}: ${status} ${error ?? ''}`),
        ...[...issues].filter(([, of]) => of.length !== 1).map(([key, of]) => `${key}: ${of.length} issues`),
        ...(issues.size === 0 ? ['no newsletter had an issue'] : []),
      ],
    };
  },
};
