import { decay } from '../../src/domain/engagement.ts';
import { groupBy, type Invariant } from './invariant.ts';

const CLOSE = 1e-6;
const differ = (a: number, b: number): boolean => Math.abs(a - b) > CLOSE * Math.max(1, Math.abs(a));

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
      const worth = (value: number, at: Date): number => decay(value, at.getTime(), scoreAt.getTime(), halfLifeMs);
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
    const byEvent = groupBy(ledger, ({ eventId }) => eventId ?? '');
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
        const expected = at === 0 ? 0 : decay(score, at, entry.occurredAt.getTime(), halfLifeMs);
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
