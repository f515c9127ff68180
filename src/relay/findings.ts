/** Finds what is wrong with leads' processes, from the rows alone. Each statement reads a bounded number of rows. */
import type { Tx } from '../store/db.ts';

export interface Limits {
  /** Something is reported when it is later than this. */
  graceMs: number;
  /** How many leads or rows one pass looks at. */
  batch: number;
}

export interface Overdue {
  leadId: string;
  /** On the lead's clock. */
  dueAt: Date;
  /** How often in a row it was found before. */
  count: number;
}

export interface Unheard {
  leadId: string;
  outboxId: string;
  attempts: number;
}

/** A fast-forward has two minutes (temporal/fast-forward.ts). A clock that moves for longer was left behind by a crash. */
const CLOCK_MOVES_AT_MOST = '3 minutes';
/** Pause between two bells for the same finding: one minute, doubled each time, at most one hour. */
const FIRST_PAUSE_MS = 60_000;
const MAX_DOUBLINGS = 6;

/**
 * Leads whose due time has passed without a reaction of their process, and that may be rung again. Leads that are paused, held or
 * being forwarded do not count, nor leads with a bell that is not yet rung.
 */
export async function findOverdue(tx: Tx, { graceMs, batch }: Limits): Promise<Overdue[]> {
  // Two branches: leads without a clock of their own (all leads, in production) are found by the index on next_due_at.
  return tx.$queryRaw<Overdue[]>`
    SELECT l.id AS "leadId", l.next_due_at AS "dueAt",
      CASE WHEN f.resolved_at IS NULL THEN coalesce(f.count, 0) ELSE 0 END AS count
    FROM (
      SELECT * FROM leads WHERE clock_offset_ms = 0 AND next_due_at < now() - ${graceMs} * interval '1 millisecond'
      UNION ALL
      SELECT * FROM leads WHERE clock_offset_ms <> 0
        AND next_due_at < now() + (clock_offset_ms - ${graceMs}) * interval '1 millisecond'
    ) l
    LEFT JOIN findings f ON f.lead_id = l.id AND f.kind = 'overdue'
    WHERE l.paused_at IS NULL AND l.held_at IS NULL
      AND (l.clock_moving_since IS NULL OR l.clock_moving_since < now() - ${CLOCK_MOVES_AT_MOST}::interval)
      AND (f.lead_id IS NULL OR f.resolved_at IS NOT NULL
        OR f.last_at < now() - ${FIRST_PAUSE_MS} * power(2, least(f.count - 1, ${MAX_DOUBLINGS})) * interval '1 millisecond')
      AND NOT EXISTS (SELECT FROM outbox o WHERE o.lead_id = l.id AND o.reason = 'overdue')
    ORDER BY l.next_due_at LIMIT ${batch}`;
}

/** Bells that were rung and not heard: a process deletes the rows that it has taken note of. Each try doubles the grace. */
export async function findUnheard(tx: Tx, { graceMs, batch }: Limits): Promise<Unheard[]> {
  return tx.$queryRaw<Unheard[]>`
    SELECT o.id AS "outboxId", o.lead_id AS "leadId", o.attempts
    FROM outbox o JOIN leads l ON l.id = o.lead_id
    WHERE o.delivered_at < now() - ${graceMs} * power(2, least(o.attempts - 1, ${MAX_DOUBLINGS})) * interval '1 millisecond'
      AND (l.clock_moving_since IS NULL OR l.clock_moving_since < now() - ${CLOCK_MOVES_AT_MOST}::interval)
    ORDER BY o.delivered_at LIMIT ${batch}
    FOR UPDATE OF o SKIP LOCKED`;
}

export interface NewFinding {
  leadId: string;
  /** `unknown-lead`, `lost-lead`: the database does not have the lead of a process that runs, or has ended. */
  kind: 'overdue' | 'unacknowledged' | 'unknown-lead' | 'lost-lead';
  /** A sentence for the operator. */
  detail: string;
}

/** The finding for a process whose lead has no row. */
export function unknownLead(leadId: string): NewFinding {
  return {
    leadId,
    kind: 'unknown-lead',
    detail:
      'A process runs for a lead that the database does not know, as after a backup that was put back. It cannot go on: what was sent is in the mail server’s log; terminate it in the Temporal UI.',
  };
}

/** Writes findings. An open finding counts up; a resolved one is opened again. */
export async function writeFindings(tx: Tx, findings: readonly NewFinding[]): Promise<void> {
  if (findings.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO findings (lead_id, kind, detail)
    SELECT "leadId", kind, detail
    FROM json_to_recordset(${JSON.stringify(findings)}::json) AS f("leadId" text, kind text, detail text)
    ON CONFLICT (lead_id, kind) DO UPDATE SET detail = excluded.detail, last_at = now(), resolved_at = NULL,
      count = CASE WHEN findings.resolved_at IS NULL THEN findings.count + 1 ELSE 1 END,
      first_at = CASE WHEN findings.resolved_at IS NULL THEN findings.first_at ELSE now() END`;
}

/** Temporal keeps the history of an ended process this long. Afterwards there is nothing left to look at. */
const LOST_FOR = '30 days';

/**
 * Resolves the findings of leads that are fine again. Returns how many. Findings of unknown leads are resolved in
 * unknown-leads.ts, which sees whether their process runs.
 */
export async function resolveFindings(tx: Tx, { graceMs }: Pick<Limits, 'graceMs'>): Promise<number> {
  return tx.$executeRaw`
    UPDATE findings f SET resolved_at = now()
    WHERE f.resolved_at IS NULL AND (
      (f.kind = 'lost-lead' AND f.first_at < now() - ${LOST_FOR}::interval) OR
      (f.kind = 'overdue' AND NOT EXISTS (
        SELECT FROM leads l WHERE l.id = f.lead_id AND l.paused_at IS NULL AND l.held_at IS NULL
          AND l.next_due_at < now() + (l.clock_offset_ms - ${graceMs}) * interval '1 millisecond'))
      OR (f.kind = 'unacknowledged' AND NOT EXISTS (
        SELECT FROM outbox o WHERE o.lead_id = f.lead_id
          AND o.created_at < now() - ${graceMs} * interval '1 millisecond')))`;
}
