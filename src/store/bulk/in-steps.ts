/** How many leads stand where in revisions of cadences. */
import type { Db } from '../db.ts';

/** Leads before one step of one revision. */
export interface AtStep {
  revisionId: string;
  stepId: string | null;
  leads: number;
}

/** Those of them that stand there since about the same time, and have the same clock. */
export interface Standers extends AtStep {
  waitingFrom: string | null;
  timeZone: string | null;
  country: string | null;
  /** The region, or else the state, that the lead states. */
  region: string | null;
  isTriedAgain: boolean;
  /** Of one of them. */
  dueAt: Date | null;
  waitingSince: Date;
}

/** The revisions of these cadences (by key, the hash of a revision) that say something else. */
export async function revisionsThatDiffer(
  db: Db,
  hashes: ReadonlyMap<string, string>,
): Promise<{ id: string; cadence: string }[]> {
  return db.$queryRaw<{ id: string; cadence: string }[]>`
    SELECT r.id, r.cadence FROM cadence_revisions r
    JOIN unnest(${[...hashes.keys()]}::text[], ${[...hashes.values()]}::text[]) AS planned(cadence, hash) ON planned.cadence = r.cadence
    WHERE r.hash <> planned.hash`;
}

/** Everybody in these revisions, by step. It reads no leads, and takes a quarter of the time of `standersByHour`. */
export async function leadsByStep(db: Db, revisionIds: readonly string[]): Promise<AtStep[]> {
  if (revisionIds.length === 0) return [];
  return db.$queryRaw<AtStep[]>`
    SELECT revision_id AS "revisionId", step_id AS "stepId", count(*)::int AS leads
    FROM enrollments WHERE ended_at IS NULL AND revision_id = ANY(${[...revisionIds]}) GROUP BY 1, 2`;
}

/** Everybody in these revisions, by place and hour, in one statement. */
export async function standersByHour(db: Db, revisionIds: readonly string[]): Promise<Standers[]> {
  if (revisionIds.length === 0) return [];
  return db.$queryRaw<Standers[]>`
    SELECT e.revision_id AS "revisionId", e.step_id AS "stepId", e.waiting_from AS "waitingFrom",
      l.time_zone AS "timeZone", l.country, coalesce(l.attributes->>'region', l.attributes->>'state') AS region,
      e.attempts > 0 AS "isTriedAgain", min(e.due_at) AS "dueAt",
      min(coalesce(e.waiting_since, e.stepped_at)) AS "waitingSince", count(*)::int AS leads
    FROM enrollments e JOIN leads l ON l.id = e.lead_id
    WHERE e.ended_at IS NULL AND e.revision_id = ANY(${[...revisionIds]})
    GROUP BY date_trunc('hour', coalesce(e.waiting_since, e.stepped_at)), 1, 2, 3, 4, 5, 6, 7,
      e.due_at <= now() + l.clock_offset_ms * interval '1 millisecond'`;
}
