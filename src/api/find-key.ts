import { findApiKey } from '../store/access/api-keys.ts';
import type { Db } from '../store/db.ts';
import { isActiveRep } from '../store/process/reps.ts';
import type { FindKey } from './auth.ts';

/** Looks a key up with its rep. A rep who left the playbook is none: their key opens nothing. */
export function findKeyIn(db: Db): FindKey {
  return async (secret) => {
    const key = await findApiKey(db, secret);
    if (key === null) return null;
    const rep = key.role !== 'rep' || key.repId === null ? null : await db.rep.findUnique({ where: { id: key.repId } });
    return {
      keyId: key.id,
      role: key.role,
      rep: rep === null || !isActiveRep(rep) ? null : { id: rep.id, manager: rep.manager, teams: rep.teams },
    };
  };
}
