import type { Db } from '../db.ts';

/** Leads that stand at the same place since about the same time. */
export interface Standers {
  cadence: string;
  revisionId: string;
  stepId: string | null;
  waitingFrom: string | null;
  timeZone: string | null;
  country: string | null;
  /** The region, or else the state, that the lead states. */
  region: string | null;
  isTriedAgain: boolean;
  /** Of one of them. */
  dueAt: Date | null;
  waitingSince: Date;
  leads: number;
}

/** Everybody in a cadence, by place and hour, in one statement. */
export async function standersByStep(db: Db): Promise<Standers[]> {
  return db.$queryRaw<Standers[]>`
    SELECT e.cadence, e.revision_id AS "revisionId", e.step_id AS "stepId", e.waiting_from AS "waitingFrom",
      l.time_zone AS "timeZone", l.country, coalesce(l.attributes->>'region', l.attributes->>'state') AS region,
      e.attempts > 0 AS "isTriedAgain", min(e.due_at) AS "dueAt",
      min(coalesce(e.waiting_since, e.stepped_at)) AS "waitingSince", count(*)::int AS leads
    FROM enrollments e JOIN leads l ON l.id = e.lead_id
    WHERE e.ended_at IS NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, date_trunc('hour', coalesce(e.waiting_since, e.stepped_at)),
      e.due_at <= now() + l.clock_offset_ms * interval '1 millisecond'`;
}
