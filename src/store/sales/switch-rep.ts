import { AppError } from '../../domain/errors.ts';
import type { Denial } from '../../domain/policy.ts';
import { audit } from '../audit.ts';
import { transact, type Db, type Tx } from '../db.ts';
import type { Rep } from '../generated/client.ts';
import { isActiveRep } from '../process/reps.ts';

export interface RepSwitch {
  /** Key or id. */
  rep: string;
  active: boolean;
  /** Handle of the actor. */
  actor: string;
  /** Who it was, where the actor does not say it: from the command line. */
  author?: string;
  at: Date;
  /** Why the actor may not do this with the rep; null when they may. */
  denial(rep: Pick<Rep, 'teams'>): Denial | null;
}

/**
 * Switches a rep on or off. That is state: publishing does not change it. The same again changes nothing and is not recorded.
 *
 * @throws AppError NOT_FOUND, the denial's, or CONFLICT when a team would be left without an active rep: its leads could go to nobody
 */
export async function switchRep(
  db: Db,
  { rep: idOrKey, active, actor, author, at, denial }: RepSwitch,
): Promise<string> {
  return transact(db, async (tx) => {
    const reps = await lockAllReps(tx);
    const rep = reps.find(({ id, key }) => id === idOrKey || key === idOrKey);
    if (rep === undefined) throw new AppError('NOT_FOUND', 'There is no rep with this key or id, see GET /v1/reps');
    const denied = denial(rep);
    if (denied !== null) throw new AppError(denied.code, denied.message);
    if (rep.active === active) return rep.id;
    if (!active) refuseEmptyTeam(rep, reps);
    await tx.$executeRaw`UPDATE reps SET active = ${active} WHERE id = ${rep.id}`;
    const action = active ? 'rep.activated' : 'rep.deactivated';
    await audit(tx, { leadId: null, actor, at }, { action, data: { repId: rep.id, ...(author && { author }) } });
    return rep.id;
  });
}

type Switched = Pick<Rep, 'id' | 'key' | 'teams' | 'active' | 'inPlaybook'>;

/** All, so that of two that switch off the last two reps of a team the second is refused. In the order in which offers lock them. */
async function lockAllReps(tx: Tx): Promise<Switched[]> {
  return tx.$queryRaw<Switched[]>`
    SELECT id, key, teams, active, in_playbook AS "inPlaybook" FROM reps ORDER BY id FOR NO KEY UPDATE`;
}

function refuseEmptyTeam(rep: Switched, reps: readonly Switched[]): void {
  if (!isActiveRep(rep)) return;
  const others = reps.filter((other) => other.id !== rep.id && isActiveRep(other));
  const empty = rep.teams.find((team) => !others.some(({ teams }) => teams.includes(team)));
  if (empty !== undefined)
    throw new AppError(
      'CONFLICT',
      `Team ‘${empty}’ would have no active rep, and its leads could go to nobody: put another rep into the team in routing.yaml and publish it first`,
    );
}
