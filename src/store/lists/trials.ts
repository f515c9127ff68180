import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import type { Canary } from '../rules/in-force.ts';
import { planned } from '../planned.ts';

/** The newest canary of a cadence, whether it runs or has ended. */
export interface Trial {
  canaryId: string;
  /** Numbers of the cadence revisions. */
  revision: number;
  inForceId: string;
  inForce: number;
  percent: number;
  since: Date;
  /** Null: it runs. */
  until: Date | null;
  /** Null: it runs, or was promoted. */
  haltedBecause: string | null;
}

/** Null when the cadence never had a canary. */
export async function newestTrial(db: Db, cadence: string): Promise<Trial | null> {
  const [row] = await planned<Trial>(
    db,
    Prisma.sql`
    WITH newest AS (
      SELECT number, canary->${cadence}::text->>'revision' AS "canaryId", (canary->${cadence}::text->>'percent')::float AS percent,
        cadences->>${cadence}::text AS "inForceId"
      FROM playbook_revisions WHERE canary->${cadence}::text IS NOT NULL ORDER BY number DESC LIMIT 1),
    others AS (
      SELECT coalesce(max(p.number), 0) AS before FROM playbook_revisions p, newest n
      WHERE p.number < n.number AND p.canary->${cadence}::text->>'revision' IS DISTINCT FROM n."canaryId")
    SELECT n."canaryId", n."inForceId", n.percent, c.number AS revision, f.number AS "inForce",
      (SELECT min(published_at) FROM playbook_revisions p WHERE p.number > others.before AND p.number <= n.number) AS since,
      later.published_at AS until, later.halted_because AS "haltedBecause"
    FROM newest n CROSS JOIN others
    JOIN cadence_revisions c ON c.id = n."canaryId" JOIN cadence_revisions f ON f.id = n."inForceId"
    LEFT JOIN playbook_revisions later ON later.number = n.number + 1`,
  );
  return row ?? null;
}

/** A canary that runs, as lists show it. */
export interface ShownCanary {
  revision: number;
  percent: number;
  /** Enrollments that it got so far. */
  leads: number;
  since: Date;
}

/** By the key of the cadence. Without canaries nothing is read. */
export async function shownCanaries(
  db: Db,
  canaries: ReadonlyMap<string, Canary>,
): Promise<ReadonlyMap<string, ShownCanary>> {
  const shown = new Map<string, ShownCanary>();
  for (const [cadence, { revisionId, percent }] of canaries) {
    const [trial, leads] = await Promise.all([
      newestTrial(db, cadence),
      db.enrollment.count({ where: { revisionId } }),
    ]);
    if (trial !== null) shown.set(cadence, { revision: trial.revision, percent, leads, since: trial.since });
  }
  return shown;
}
