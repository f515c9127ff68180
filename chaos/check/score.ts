import type { EventRow, Evidence, LedgerRow } from './evidence.ts';
import { groupBy, type Invariant } from './invariant.ts';

const CLOSE = 1e-6;
const differ = (a: number, b: number): boolean => Math.abs(a - b) > CLOSE * Math.max(1, Math.abs(a));

/** The worth of points at another instant. Before the instant of the points it is the same. */
function fade(points: number, from: number, to: number, halfLifeMs: number): number {
  return points * 0.5 ** (Math.max(0, to - from) / halfLifeMs);
}

/**
 * Fading is linear, so a score is the sum of what each event is worth at the end, in whatever order they came. What a recycle
 * takes off is read from the ledger.
 */
export const scoreFromEvents: Invariant = {
  holds: 'the score is what the events and the ledger make it',
  check({ leads, events, ledger, points, halfLifeMs }) {
    const eventsOf = groupBy(events, ({ leadId }) => leadId);
    const ledgerOf = groupBy(ledger, ({ leadId }) => leadId);
    const offenders: string[] = [];
    for (const { id, score, scoreAt } of leads) {
      const worth = (value: number, at: Date): number => fade(value, at.getTime(), scoreAt.getTime(), halfLifeMs);
      const given = (eventsOf.get(id) ?? []).filter(({ machine }) => !machine);
      const taken = (ledgerOf.get(id) ?? []).filter(({ eventId }) => eventId === null);
      const sum = [
        ...given.map(({ type, occurredAt }) => worth(points.get(type) ?? 0, occurredAt)),
        ...taken.map((entry) => worth(entry.points, entry.occurredAt)),
      ].reduce((a, b) => a + b, 0);
      if (differ(score, sum)) offenders.push(`${id}: ${score}, recomputed ${sum}`);
    }
    return { checked: leads.length, offenders };
  },
};

export const ledgerIsAChain: Invariant = {
  holds: 'each event that gives points has one ledger entry, and each entry begins where the one before ended',
  check({ leads, events, ledger, points, halfLifeMs }) {
    const offenders: string[] = [];
    const byEvent = groupBy(
      ledger.filter(({ takenBack }) => takenBack !== true),
      ({ eventId }) => eventId ?? '',
    );
    for (const { id, type, machine } of events) {
      const wanted = machine || (points.get(type) ?? 0) === 0 ? 0 : 1;
      const found = byEvent.get(id)?.length ?? 0;
      if (found !== wanted) offenders.push(`${id} (${type}): ${found} entries of ${wanted}`);
    }
    const ofLead = groupBy(ledger, ({ leadId }) => leadId);
    for (const lead of leads) {
      let at = 0;
      let score = 0;
      for (const entry of ofLead.get(lead.id) ?? []) {
        const expected = at === 0 ? 0 : fade(score, at, entry.occurredAt.getTime(), halfLifeMs);
        if (differ(entry.before, expected))
          offenders.push(`entry ${entry.id} of ${lead.id}: begins at ${entry.before}, not ${expected}`);
        at = entry.occurredAt.getTime();
        score = entry.after;
      }
      if (at !== 0 && differ(lead.score, score))
        offenders.push(`${lead.id}: ${lead.score}, the ledger ends at ${score}`);
    }
    return { checked: ledger.length, offenders };
  },
};

/** A recycle takes off the part of the current score that its rule says. There is no event, and nothing fades. */
const RECYCLES = new Map([
  ['recycle: halve', 0.5],
  ['recycle: reset', 1],
]);

/** Checks each entry by itself, so that two mistakes that cancel each other are seen too. */
export const ledgerAddsUp: Invariant = {
  holds: 'each ledger entry gives the points of its rule, and ends at what it began with and what they are worth',
  check(evidence) {
    const eventOf = new Map(evidence.events.map((event) => [event.id, event]));
    return {
      checked: evidence.ledger.length,
      offenders: evidence.ledger.flatMap((entry) => {
        const event = eventOf.get(entry.eventId ?? '');
        const own = [...misgiven(entry, event, evidence), ...misadded(entry, event, evidence)];
        return own.map((what) => `entry ${entry.id} of ${entry.leadId} (${entry.rule}): ${what}`);
      }),
    };
  },
};

function misgiven(
  { eventId, leadId, rule, points, before, takenBack }: LedgerRow,
  event: EventRow | undefined,
  { rules }: Evidence,
) {
  if (eventId === null) {
    const share = RECYCLES.get(rule);
    if (share === undefined) return ['there is no such recycle'];
    return differ(points, -share * before) ? [`took off ${-points} of ${before}`] : [];
  }
  if (event?.leadId !== leadId) return [`its event ${eventId} is not the lead's`];
  const wanted = rules.get(rule);
  if (wanted?.event !== event.type) return [`is not a rule for ${event.type}`];
  const given = takenBack === true ? Math.abs(points) : points;
  return given === wanted.points ? [] : [`gave ${points}, not ${wanted.points}`];
}

/** Points of a late event have faded by the instant of its entry, which is never before the event. */
function misadded({ before, points, after, occurredAt }: LedgerRow, event: EventRow | undefined, evidence: Evidence) {
  const at = occurredAt.getTime();
  const givenAt = event?.occurredAt.getTime() ?? at;
  if (givenAt > at) return ['is dated before its event'];
  const expected = Math.max(0, before + fade(points, givenAt, at, evidence.halfLifeMs));
  return differ(after, expected) ? [`ends at ${after}, not ${expected}`] : [];
}
