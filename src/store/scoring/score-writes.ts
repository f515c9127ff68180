/** Writes the changes of a batch of events to leads and ledger, each in one statement. */
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';

/** One change of a score, as kept in the ledger. */
export interface LedgerEntry {
  leadId: string;
  eventId: string;
  rule: string;
  /** The rule's points, before a late event's decay. */
  points: number;
  group: string | null;
  /** Product line that the event speaks of. */
  line: string | null;
  before: number;
  after: number;
  /** The time for which `after` holds. */
  atMs: number;
  /** Of an entry that is history as soon as it is written. */
  replacedBy?: string;
}

/** Writes entries so that their ids rise in the order given. */
export async function insertLedger(tx: Tx, entries: readonly LedgerEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry, n) => ({
    n,
    lead_id: entry.leadId,
    event_id: entry.eventId,
    rule: entry.rule,
    points: entry.points,
    score_group: entry.group,
    product_line: entry.line,
    before: entry.before,
    after: entry.after,
    occurred_at: new Date(entry.atMs).toISOString(),
    replaced_by: entry.replacedBy,
  }));
  await tx.$executeRaw`
    INSERT INTO score_ledger (lead_id, event_id, rule, points, score_group, product_line, before, after, occurred_at, replaced_by)
    SELECT lead_id, event_id, rule, points, score_group, product_line, before, after, occurred_at, replaced_by
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS s(
      n int, lead_id text, event_id text, rule text, points float8, score_group text, product_line text,
      before float8, after float8, occurred_at timestamptz, replaced_by text)
    ORDER BY n`;
}

/** Writes what ingestion may change of locked leads: score, engagement, qualification, and which waits were met. */
export async function updateScored(tx: Tx, leads: readonly Lead[]): Promise<void> {
  if (leads.length === 0) return;
  const rows = leads.map((lead) => ({
    id: lead.id,
    score: lead.score,
    score_at: lead.scoreAt,
    score_parts: lead.scoreParts,
    last_engaged_at: lead.lastEngagedAt,
    last_high_intent_at: lead.lastHighIntentAt,
    armed: lead.armed,
    qualified_at: lead.qualifiedAt,
    qualified_by: lead.qualifiedBy,
    awaiting: lead.awaiting,
    triggers: lead.triggers,
    entered: lead.entered,
    sunset_at: lead.sunsetAt,
    orders: lead.orders,
    value_tier: lead.valueTier,
  }));
  await tx.$executeRaw`
    UPDATE leads SET score = u.score, score_at = u.score_at, score_parts = nullif(u.score_parts, 'null'::jsonb), last_engaged_at = u.last_engaged_at,
      last_high_intent_at = u.last_high_intent_at, armed = u.armed, qualified_at = u.qualified_at,
      qualified_by = u.qualified_by, awaiting = nullif(u.awaiting, 'null'::jsonb), triggers = nullif(u.triggers, 'null'::jsonb),
      entered = u.entered, sunset_at = u.sunset_at, orders = nullif(u.orders, 'null'::jsonb), value_tier = u.value_tier, updated_at = now()
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS u(
      id text, score float8, score_at timestamptz, score_parts jsonb, last_engaged_at timestamptz, last_high_intent_at timestamptz,
      armed boolean, qualified_at timestamptz, qualified_by text, awaiting jsonb, triggers jsonb, entered text[], sunset_at timestamptz,
      orders jsonb, value_tier text)
    WHERE leads.id = u.id`;
}
