/** The outbox as the relay uses it. All times are the database's, so that relays on several machines agree on a lease. */
import type { Db, Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import type { LeadStart } from '../temporal/start-lead.ts';

/** A leased bell, with the values that the lead's process is started with if it does not run. */
export interface Bell {
  id: string;
  leadId: string;
  reason: string;
  /** How often it was leased, this time included. */
  attempts: number;
  /** Milliseconds since it was written. */
  waitedMs: number;
  /** Null where the lead was erased: nothing is started then, and a process that runs ends. */
  start: LeadStart | null;
}

/** The only reason to ring the process of a lead that no longer exists. */
const ERASED = 'erased';

/** A bell that could not be rung, and when to try again. */
export interface Missed {
  leadId: string;
  /** What went wrong, without personal data. */
  error: string;
  retryInMs: number;
}

/**
 * Leases bells, in one statement: those of `ids`, or whatever is due. A row that another relay is leasing at the
 * same moment is skipped. A row whose relay died can be leased again when its lease has ended.
 */
export async function leaseBells(
  db: Tx,
  want: { ids?: readonly string[]; limit: number; leaseMs: number },
): Promise<Bell[]> {
  const among = want.ids === undefined ? Prisma.empty : Prisma.sql`AND id = ANY(${[...want.ids]})`;
  const rows = await db.$queryRaw<Bell[]>`
    WITH due AS (
      SELECT id, lead_id, refs FROM outbox
      WHERE delivered_at IS NULL AND (leased_until IS NULL OR leased_until < now()) ${among}
      ORDER BY id LIMIT ${want.limit} FOR UPDATE SKIP LOCKED
    )
    UPDATE outbox o SET leased_until = now() + ${want.leaseMs} * interval '1 millisecond', attempts = o.attempts + 1
    FROM due
    LEFT JOIN leads l ON l.id = due.lead_id
    -- Of the first request of a lead whose process has not looked yet.
    LEFT JOIN LATERAL (SELECT due.refs->'foretold' AS foretold WHERE l.need_id IS NULL AND l.qualified_at IS NULL) f ON true
    WHERE o.id = due.id
    RETURNING o.id, o.lead_id AS "leadId", o.reason, o.attempts,
      (extract(epoch FROM clock_timestamp() - o.created_at) * 1000)::float8 AS "waitedMs",
      CASE WHEN l.id IS NOT NULL THEN json_build_object(
        'stage', coalesce(f.foretold->>'stage', l.stage), 'grade', l.fit_grade, 'score', l.score, 'source', l.source,
        'state', CASE WHEN l.held_at IS NOT NULL THEN 'held' WHEN l.paused_at IS NOT NULL THEN 'paused' ELSE 'active' END,
        'cadence', CASE WHEN f.foretold IS NOT NULL THEN f.foretold->>'cadence'
          ELSE (SELECT cadence FROM enrollments WHERE lead_id = l.id AND status = 'active' AND kind = 'main') END,
        'ownerId', l.owner_id) END AS start`;
  const isHeard = ({ start, reason }: Bell): boolean => start !== null || reason === ERASED;
  const bells = rows.filter(isHeard);
  const orphans = rows.flatMap((row) => (isHeard(row) ? [] : [row.id]));
  // These leads no longer exist, so no process will hear the bells. Left in place, they would be leased first every time.
  if (orphans.length > 0) await db.$executeRaw`DELETE FROM outbox WHERE id = ANY(${orphans})`;
  return bells.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Deletes the bells of erased leads after they were rung: nothing of an erased lead stays. */
export async function dropRung(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.$executeRaw`DELETE FROM outbox WHERE id = ANY(${[...ids]})`;
}

/** Marks bells as rung. The lead's process may have deleted a row already: it has heard that bell, and there is nothing to mark. */
export async function markRung(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.$executeRaw`
    UPDATE outbox SET delivered_at = now(), leased_until = NULL, last_error = NULL WHERE id = ANY(${[...ids]})`;
}

/** Puts off every bell of these leads: a process that cannot be reached is tried once, not once for each bell. */
export async function putOffBells(db: Db, missed: readonly Missed[]): Promise<void> {
  if (missed.length === 0) return;
  await db.$executeRaw`
    UPDATE outbox o SET leased_until = now() + m."retryInMs" * interval '1 millisecond', last_error = m.error
    FROM json_to_recordset(${JSON.stringify(missed)}::json) AS m("leadId" text, error text, "retryInMs" int)
    WHERE o.lead_id = m."leadId" AND o.delivered_at IS NULL`;
}
