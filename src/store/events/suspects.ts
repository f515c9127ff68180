/** Opens and clicks that may be a scanner's: kept as a machine's until a human sign follows, which makes them count. */
import { CONFIRMED_WITHIN_MS, isHumanSign } from '../../domain/machine-open.ts';
import type { Tx } from '../db.ts';
import { planned } from '../planned.ts';
import { Prisma, type Lead } from '../generated/client.ts';
import type { NewEvent } from './new-event.ts';

/** Marks leads that now have suspect events. Only for those there is a statement. */
export async function noteSuspects(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  const suspect = events.filter(({ properties }) => properties['verdict'] === 'suspect');
  if (suspect.length === 0) return;
  await tx.$executeRaw`
    UPDATE leads l SET suspect_at = greatest(l.suspect_at, s.at)
    FROM (SELECT lead_id, max(at) AS at FROM unnest(${suspect.map(({ leadId }) => leadId)}::text[],
        ${suspect.map(({ occurredAtMs }) => new Date(occurredAtMs))}::timestamptz[]) given(lead_id, at) GROUP BY lead_id) s
    WHERE l.id = s.lead_id`;
}

interface Row {
  id: string;
  leadId: string;
  type: string;
  properties: Record<string, unknown>;
  sendId: string | null;
  at: Date;
}

/**
 * Makes suspect events count that a human sign follows, each pixel and link once, and answers with them: they are to be taken as if they came in
 * now. A click that is itself the sign counts for the same link. Without a lead that has suspect events there is no statement.
 *
 * @param human the events that come in, of locked leads
 */
export async function confirmSuspects(
  tx: Tx,
  leads: ReadonlyMap<string, Lead>,
  human: readonly NewEvent[],
): Promise<NewEvent[]> {
  const signs = new Map<string, NewEvent>();
  for (const event of human) {
    const suspectMs = leads.get(event.leadId)?.suspectAt?.getTime();
    if (suspectMs === undefined || !isHumanSign(event) || signs.has(event.leadId)) continue;
    const afterMs = event.occurredAtMs - suspectMs;
    if (afterMs >= 0 && afterMs <= CONFIRMED_WITHIN_MS) signs.set(event.leadId, event);
  }
  if (signs.size === 0) return [];
  const asked = [...signs.values()].map(({ id, leadId, occurredAtMs, sendId, type, properties }) => ({
    sign: id,
    lead: leadId,
    from: new Date(occurredAtMs - CONFIRMED_WITHIN_MS),
    at: new Date(occurredAtMs),
    send: type === 'email.clicked' ? sendId : null,
    link: type === 'email.clicked' ? (properties['linkId'] ?? null) : null,
  }));
  const rows = await planned<Row>(
    tx,
    Prisma.sql`
    WITH found AS MATERIALIZED (
      SELECT DISTINCT ON (e.send_id, e.type, e.properties->>'linkId') e.id, q.sign
      FROM json_to_recordset(${JSON.stringify(asked)}::json) AS q(
        sign text, lead text, "from" timestamptz, at timestamptz, send text, link int)
      JOIN events e ON e.lead_id = q.lead AND e.type IN ('email.opened', 'email.clicked') AND e.occurred_at BETWEEN q."from" AND q.at
      WHERE e.machine AND e.properties->>'verdict' = 'suspect'
        AND NOT (q.link IS NOT NULL AND e.send_id = q.send AND (e.properties->>'linkId')::int = q.link)
      ORDER BY e.send_id, e.type, e.properties->>'linkId', e.occurred_at DESC),
    cleared AS (UPDATE leads SET suspect_at = NULL WHERE id = ANY(${[...signs.keys()]}))
    UPDATE events e SET machine = false,
      properties = e.properties || jsonb_build_object('verdict', 'human', 'actor', 'human', 'confirmedBy', found.sign)
    FROM found WHERE e.id = found.id
    RETURNING e.id, e.lead_id AS "leadId", e.type, e.properties, e.send_id AS "sendId", e.occurred_at AS at`,
  );
  return rows.map(({ id, leadId, type, properties, sendId, at }) => ({
    id,
    leadId,
    type,
    properties,
    machine: false,
    sendId,
    occurredAtMs: at.getTime(),
  }));
}
