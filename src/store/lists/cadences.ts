import type { Db } from '../db.ts';
import type { CadenceRevision } from '../generated/client.ts';
import { parseRevision, type ReadRevision } from '../process/revisions.ts';

export interface CadenceInUse {
  revision: ReadRevision;
  /** Running enrollments, in the current revision and in all. */
  active: number;
  activeInAll: number;
  /** Enrollments of all revisions that reached the goal. */
  goals: number;
}

/**
 * The revision of each cadence that is in force (`current`: ids by key), and of those that are in the playbook no more the
 * newest. By key.
 */
export async function listCadences(db: Db, current: ReadonlyMap<string, string>): Promise<CadenceInUse[]> {
  const [revisions, active, goals] = await Promise.all([
    db.$queryRaw<CadenceRevision[]>`
      SELECT id, cadence, number, hash, definition, templates, amends, created_at AS "createdAt" FROM cadence_revisions r
      WHERE id = ANY(${[...current.values()]}) OR (NOT cadence = ANY(${[...current.keys()]})
        AND number = (SELECT number FROM cadence_revisions WHERE cadence = r.cadence
          ORDER BY coalesce(amends, number) DESC, number DESC LIMIT 1))
      ORDER BY cadence`,
    // Written out: Prisma casts the status, and no partial index holds for that.
    db.$queryRaw<{ cadence: string; revisionId: string; count: number }[]>`
      SELECT r.cadence, r.id AS "revisionId", active.count
      FROM (SELECT revision_id, count(*)::int AS count FROM enrollments WHERE status = 'active' GROUP BY revision_id) active
      JOIN cadence_revisions r ON r.id = active.revision_id`,
    db.$queryRaw<{ cadence: string; count: number }[]>`
      SELECT cadence, count(*)::int AS count FROM enrollments WHERE goal IS NOT NULL GROUP BY cadence`,
  ]);
  return revisions.map(parseRevision).map((revision) => {
    const ofCadence = active.filter((group) => group.cadence === revision.cadence);
    return {
      revision,
      active: ofCadence.find((group) => group.revisionId === revision.id)?.count ?? 0,
      goals: goals.find((group) => group.cadence === revision.cadence)?.count ?? 0,
      activeInAll: ofCadence.reduce((sum, group) => sum + group.count, 0),
    };
  });
}

/** Whether there is, or ever was, a cadence with this key. */
export async function wasPublished(db: Db, cadence: string): Promise<boolean> {
  return (await db.cadenceRevision.findFirst({ where: { cadence }, select: { id: true } })) !== null;
}
