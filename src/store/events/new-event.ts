import type { Tx } from '../db.ts';

/** An event ready to be stored: its lead is known and locked, its time is on the lead's clock. */
export interface NewEvent {
  id: string;
  /** The id as its sender wrote it, without the source: by this alone it was stored before sources were told apart. */
  givenId?: string;
  leadId: string;
  type: string;
  properties: Readonly<Record<string, unknown>>;
  /** True for an event of a machine: it is recorded, but not scored, and ends no wait. */
  machine: boolean;
  sendId: string | null;
  occurredAtMs: number;
}

/** The stored event with an id. */
export type HeldId = Pick<NewEvent, 'leadId' | 'type'>;

/** Whether a repeated id names the same event as before, or another one. */
export function isSameFact(event: HeldId, held: HeldId): boolean {
  return event.leadId === held.leadId && event.type === held.type;
}

export interface InsertedEvents {
  /** Ids of the events that were new. */
  inserted: Set<string>;
  /** For each event that is not new: the stored event that has its id. An event without an entry here was stored before, under its given id. */
  held: Map<string, HeldId>;
}

/**
 * Stores events in one statement; a second one looks at the ids that were taken, when there are any. In the order of their ids,
 * so that two batches that hold the same ids for different leads wait for each other in one direction only.
 */
export async function insertEvents(tx: Tx, events: readonly NewEvent[]): Promise<InsertedEvents> {
  if (events.length === 0) return { inserted: new Set(), held: new Map() };
  const rows = events.map((event) => ({
    id: event.id,
    given_id: event.givenId ?? null,
    lead_id: event.leadId,
    type: event.type,
    properties: event.properties,
    machine: event.machine,
    send_id: event.sendId,
    occurred_at: new Date(event.occurredAtMs).toISOString(),
  }));
  const stored = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO events (id, bare_id, lead_id, type, properties, machine, send_id, occurred_at)
    SELECT id, false, lead_id, type, properties, machine, send_id, occurred_at
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS e(
      id text, given_id text, lead_id text, type text, properties jsonb, machine boolean, send_id text,
      occurred_at timestamptz)
    WHERE NOT EXISTS (
      SELECT FROM events o
      WHERE o.bare_id AND o.id = e.given_id AND o.lead_id = e.lead_id AND o.type = e.type)
    ORDER BY id
    ON CONFLICT (id) DO NOTHING
    RETURNING id`;
  const inserted = new Set(stored.map(({ id }) => id));
  const taken = events.flatMap(({ id }) => (inserted.has(id) ? [] : [id]));
  return { inserted, held: await heldBy(tx, taken) };
}

/** After the insertion, which waited for whoever held the ids: what they committed is seen now. */
async function heldBy(tx: Tx, ids: readonly string[]): Promise<Map<string, HeldId>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ id: string; leadId: string; type: string }[]>`
    SELECT id, lead_id AS "leadId", type FROM events WHERE id = ANY(${ids})`;
  return new Map(rows.map(({ id, leadId, type }) => [id, { leadId, type }]));
}
