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
    db.enrollment.groupBy({ by: ['cadence', 'revisionId'], where: { status: 'active' }, _count: true }),
  ]);
  return revisions.map((revision) => {
    const ofCadence = active.filter((group) => group.cadence === revision.cadence);
    return {
      revision,
      active: ofCadence.find((group) => group.revisionId === revision.id)?._count ?? 0,
      activeInAll: ofCadence.reduce((sum, group) => sum + group._count, 0),
    };
  });
}
