/** Broadcasts and newsletters: nobody is left out, nobody is come to twice, and each gets the words that are for them. */
import { placeInTrial } from '../../src/domain/broadcast-trial.ts';
import type { BroadcastRow, Evidence, RecipientRow } from './evidence.ts';
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
      const due = comingTo(one, recipients).map(({ dueAt }) => dueAt.getTime());
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

/** Whom it comes to next: who waits for the result of a trial comes after the trial, whatever it is due. */
export function comingTo({ id, trial, winner }: BroadcastRow, recipients: readonly RecipientRow[]): RecipientRow[] {
  const left = recipients.filter(({ broadcastId }) => broadcastId === id);
  return trial !== null && winner === null ? left.filter(({ wave }) => wave === 0) : left;
}

/** Whoever crashes, a variant is decided once, and no message of the rest leaves before. */
export const trialsDecided: Invariant = {
  holds: 'each lead of a trial got the variant that is tried on it, and each of the rest the one that won',
  check({ broadcasts, sends }) {
    const tried = new Map(broadcasts.filter(({ trial }) => trial !== null).map((one) => [one.id, one]));
    const messages = sends.filter(
      ({ broadcastId, status }) => tried.has(broadcastId ?? '') && (status === 'sent' || status === 'in_doubt'),
    );
    const offenders = messages.flatMap(({ broadcastId, leadId, variant }) => {
      const one = tried.get(broadcastId ?? '');
      if (one === undefined) return [];
      const meant = placeInTrial(one.id, leadId, one.variants, one.trial).variant ?? one.winner;
      return variant === meant ? [] : [`${one.key}: ${leadId} got ${variant}, and ${meant} is for it`];
    });
    const undecided = [...tried.values()].filter(({ status, winner }) => status === 'done' && winner === null);
    return {
      checked: messages.length,
      offenders: [...offenders, ...undecided.map(({ key }) => `${key}: it is done, and nothing won`)],
    };
  },
};
