/**
 * What counts at once and turns out to be the first of a burst. A click long after delivery does not wait for its neighbors; when they come
 * and show a machine, its verdict is corrected and its points are taken back. What it has set in motion meanwhile stays.
 */
import { AT_ONCE_MS, isBurst } from '../../domain/machine-open.ts';
import { type Fading, withPoints } from '../../domain/score.ts';
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { insertLedger, type LedgerEntry, updateScored } from '../scoring/score-writes.ts';
import { type Engaged, otherLinksAround } from './history.ts';

/** The events among those before that count, and no person can have caused together with what was fetched around them. */
export function burstIn(history: readonly Engaged[]): string[] {
  return history.flatMap((one) =>
    typeof one.id === 'string' &&
    isBurst(one.linkId === null ? 'open' : 'click', otherLinksAround(one, history, AT_ONCE_MS))
      ? [one.id]
      : [],
  );
}

type Taken = Pick<LedgerEntry, 'leadId' | 'eventId' | 'rule' | 'points' | 'group' | 'line'> & { at: Date };

/**
 * Makes events a machine's, with entries of the ledger that take their points back; neither those nor the ones they take back count any more,
 * so that a person's click on the same mail counts as the first. Answers with the leads as they stand then. They must be locked.
 */
export async function takeBack(
  tx: Tx,
  fading: Fading,
  leads: readonly Lead[],
  eventIds: readonly string[],
): Promise<readonly Lead[]> {
  if (eventIds.length === 0) return leads;
  const ids = [...eventIds];
  const judged = JSON.stringify({ verdict: 'machine', actor: 'machine', reasons: ['several-links'] });
  await tx.$executeRaw`UPDATE events SET machine = true, properties = properties || ${judged}::jsonb WHERE id = ANY(${ids}) AND NOT machine`;
  const taken = await tx.$queryRaw<Taken[]>`
    UPDATE score_ledger s SET replaced_by = 'verdict:' || e.id
    FROM events e
    WHERE e.id = ANY(${ids}) AND s.lead_id = e.lead_id AND s.occurred_at >= e.occurred_at AND s.event_id = e.id AND s.replaced_by IS NULL
    RETURNING s.lead_id AS "leadId", e.id AS "eventId", s.rule, s.points, s.score_group AS "group", s.product_line AS line,
      e.occurred_at AS at`;
  const byId = new Map(leads.map((lead) => [lead.id, lead]));
  const entries: LedgerEntry[] = [];
  for (const { leadId, eventId, rule, points, group, line, at } of taken) {
    const lead = byId.get(leadId);
    if (lead === undefined) continue;
    const given = { points: -points, ...(group === null ? {} : { group }), ...(line === null ? {} : { line }) };
    const { lead: after, ...change } = withPoints(lead, given, at.getTime(), fading);
    byId.set(leadId, after);
    entries.push({ leadId, eventId, rule, points: -points, group, line, ...change, replacedBy: `verdict:${eventId}` });
  }
  const changed = new Set(entries.map(({ leadId }) => leadId));
  const after = [...byId.values()];
  await insertLedger(tx, entries);
  await updateScored(
    tx,
    after.filter(({ id }) => changed.has(id)),
  );
  return after;
}
