import type { Db, Tx } from '../db.ts';
import type { Rep } from '../generated/client.ts';
import { columnsOf } from '../rows.ts';

/** Reps who may be offered leads: in the newest playbook revision, and not switched off by a person. */
export const ACTIVE_REP = { active: true, inPlaybook: true } as const;

/** The same of a row at hand. */
export function isActiveRep(rep: Pick<Rep, 'active' | 'inPlaybook'>): boolean {
  return rep.active && rep.inPlaybook;
}

/**
 * The active reps of a team, locked until the transaction ends: whose turn it is, is decided by one lead at a time. Turn order
 * is shared by all leads, so it is kept in database time.
 */
export async function lockReps(tx: Tx, team: string): Promise<Rep[]> {
  return tx.$queryRaw<Rep[]>`
    SELECT ${columnsOf('reps')} FROM reps WHERE ${team} = ANY(teams) AND active AND in_playbook ORDER BY id FOR NO KEY UPDATE`;
}

/** A rep, locked until the transaction ends; null: there is none with this id. */
export async function lockRep(tx: Tx, repId: string): Promise<Rep | null> {
  const [rep] = await tx.$queryRaw<Rep[]>`
    SELECT ${columnsOf('reps')} FROM reps WHERE id = ${repId} FOR NO KEY UPDATE`;
  return rep ?? null;
}

/** The rep was offered a lead just now: it goes to the end of the turn. */
export async function recordOffer(tx: Tx, repId: string): Promise<void> {
  await tx.$executeRaw`UPDATE reps SET last_offered_at = clock_timestamp() WHERE id = ${repId}`;
}

/** Reps who refused, missed or passed on this need since (it was last recycled): it does not go back to them by itself. */
export async function refusersSince(tx: Tx, needId: string, since: Date | null): Promise<string[]> {
  const rows = await tx.$queryRaw<{ repId: string }[]>`
    SELECT DISTINCT rep_id AS "repId" FROM assignments
    WHERE need_id = ${needId} AND status IN ('rejected', 'expired', 'rerouted')
      AND offered_at > ${since ?? new Date(0)}`;
  return rows.map((row) => row.repId);
}

/** Keys known to this process, by database and handle. A rep keeps both for good. */
const keys = new WeakMap<Db, Map<string, string>>();

/** The key of a rep in routing.yaml. In the transaction of the caller, which must not wait for a second connection. */
export async function repKey(db: Db, tx: Tx, repId: string | null): Promise<string | null> {
  if (repId === null) return null;
  let known = keys.get(db);
  if (known === undefined) keys.set(db, (known = new Map()));
  const kept = known.get(repId);
  if (kept !== undefined) return kept;
  const [rep] = await tx.$queryRaw<{ key: string }[]>`SELECT key FROM reps WHERE id = ${repId}`;
  if (rep !== undefined) known.set(repId, rep.key);
  return rep?.key ?? null;
}
