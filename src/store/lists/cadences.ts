import type { Db } from '../db.ts';
import type { CadenceRevision } from '../generated/client.ts';

export interface CadenceInUse {
  revision: CadenceRevision;
  /** Running enrollments, in the current revision and in all. */
  active: number;
  activeInAll: number;
}

/** The newest revision of each cadence, by key. */
export async function listCadences(db: Db): Promise<CadenceInUse[]> {
  const [revisions, active] = await Promise.all([
    db.cadenceRevision.findMany({ orderBy: [{ cadence: 'asc' }, { number: 'desc' }], distinct: ['cadence'] }),
    // Written out: Prisma casts the status, and no partial index holds for that.
    db.$queryRaw<{ cadence: string; revisionId: string; count: number }[]>`
      SELECT r.cadence, r.id AS "revisionId", active.count
      FROM (SELECT revision_id, count(*)::int AS count FROM enrollments WHERE status = 'active' GROUP BY revision_id) active
      JOIN cadence_revisions r ON r.id = active.revision_id`,
  ]);
  return revisions.map((revision) => {
    const ofCadence = active.filter((group) => group.cadence === revision.cadence);
    return {
      revision,
      active: ofCadence.find((group) => group.revisionId === revision.id)?.count ?? 0,
      activeInAll: ofCadence.reduce((sum, group) => sum + group.count, 0),
    };
  });
}
