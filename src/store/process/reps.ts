import { hadItInClause } from '../../domain/had-before.ts';
import { FULL_TURN, lowestTurn, turnOfWeight } from '../../domain/route.ts';
import type { Tx } from '../db.ts';
import type { Assignment, Rep } from '../generated/client.ts';
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

/** These reps, as far as they are active, with those of their teams, who are locked as well: an offer to one of them locks no other. */
export async function lockRepsAmong(tx: Tx, repIds: readonly string[]): Promise<Rep[]> {
  const locked = await tx.$queryRaw<Rep[]>`
    SELECT ${columnsOf('reps')} FROM reps
    WHERE teams && ARRAY(SELECT DISTINCT unnest(teams) FROM reps WHERE id = ANY(${[...repIds]})) AND active AND in_playbook
    ORDER BY id FOR NO KEY UPDATE`;
  return locked.filter(({ id }) => repIds.includes(id));
}

/** A rep, locked until the transaction ends; null: there is none with this id. */
export async function lockRep(tx: Tx, repId: string): Promise<Rep | null> {
  const [rep] = await tx.$queryRaw<Rep[]>`
    SELECT ${columnsOf('reps')} FROM reps WHERE id = ${repId} FOR NO KEY UPDATE`;
  return rep ?? null;
}

export interface Offered {
  rep: Pick<Rep, 'id' | 'weight'>;
  /** The reps of the team who could have got the lead. */
  free: readonly Pick<Rep, 'id' | 'turn'>[];
  /** All reps of the team. Who had no room, or is new, is brought level with the lowest of the others, so that the time away is not made up for later. */
  team: readonly Pick<Rep, 'id' | 'turn'>[];
}

/** The rep was offered a lead just now: writes the turn order. The team's reps are locked. */
export async function recordOffer(tx: Tx, { rep, free, team }: Offered): Promise<void> {
  const lowest = lowestTurn(free);
  const isLevelled = ({ id, turn }: Pick<Rep, 'id' | 'turn'>): boolean =>
    id !== rep.id && (turn === null || !free.some((one) => one.id === id));
  const others = team.filter(isLevelled).map(({ id }) => id);
  await tx.$executeRaw`
    UPDATE reps SET
      turn = CASE WHEN id = ${rep.id} THEN coalesce(turn, ${lowest}::float8) + ${turnOfWeight(rep.weight)}::float8
                  ELSE greatest(turn, ${lowest}::float8) END,
      last_offered_at = CASE WHEN id = ${rep.id} THEN clock_timestamp() ELSE last_offered_at END
    WHERE id = ${rep.id} OR id = ANY(${others})`;
}

/** The lead was spam: the rep gets the turn back. */
export async function giveTurnBack(tx: Tx, repId: string): Promise<void> {
  await tx.$executeRaw`UPDATE reps SET turn = turn - ${FULL_TURN}::float8 / weight WHERE id = ${repId}`;
}

/**
 * Reps who refused, missed or passed on this need since (it was last recycled), or from whom it was taken: it does not go back to them by
 * itself. By id, each with how the last of it was, in a clause.
 */
export async function refusersSince(tx: Tx, needId: string, since: Date | null): Promise<Map<string, string>> {
  const rows = await tx.$queryRaw<Pick<Assignment, 'repId' | 'status' | 'reason' | 'decidedBy'>[]>`
    SELECT DISTINCT ON (rep_id) rep_id AS "repId", status::text AS status, reason, decided_by AS "decidedBy" FROM assignments
    WHERE need_id = ${needId} AND status IN ('rejected', 'expired', 'rerouted')
      AND offered_at > ${since ?? new Date(0)}
    ORDER BY rep_id, created_at DESC, id DESC`;
  return new Map(rows.map((row) => [row.repId, hadItInClause(row)]));
}

/** Name and address of the active rep who has a lead; null: nobody has it. */
export async function readOwnerMailbox(tx: Tx, leadId: string): Promise<{ name: string; email: string } | null> {
  const [owner] = await tx.$queryRaw<{ name: string; email: string }[]>`
    SELECT r.name, r.email FROM leads l JOIN reps r ON r.id = l.owner_id WHERE l.id = ${leadId} AND r.active`;
  return owner ?? null;
}
