import type { Tx } from '../db.ts';

/** An event ready to be stored: its lead is known and locked, its time is on the lead's clock. */
export interface NewEvent {
  id: string;
  leadId: string;
  type: string;
  properties: Readonly<Record<string, unknown>>;
  /** A machine's: recorded, never scored, ends no wait. */
  machine: boolean;
  sendId: string | null;
  occurredAtMs: number;
}

/**
 * Stores events in one statement and returns the ids that were new. In the order of their ids, so that two batches that
 * hold the same ids for different leads wait for each other in one direction only.
 */
export async function insertEvents(tx: Tx, events: readonly NewEvent[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const rows = events.map((event) => ({
    id: event.id,
    lead_id: event.leadId,
    type: event.type,
    properties: event.properties,
    machine: event.machine,
    send_id: event.sendId,
    occurred_at: new Date(event.occurredAtMs).toISOString(),
  }));
  const inserted = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO events (id, lead_id, type, properties, machine, send_id, occurred_at)
    SELECT id, lead_id, type, properties, machine, send_id, occurred_at
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS e(
      id text, lead_id text, type text, properties jsonb, machine boolean, send_id text, occurred_at timestamptz)
    ORDER BY id
    ON CONFLICT (id) DO NOTHING
    RETURNING id`;
  return new Set(inserted.map(({ id }) => id));
}
