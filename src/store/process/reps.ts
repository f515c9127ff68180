import type { Tx } from '../db.ts';
import { Prisma, type Rep } from '../generated/client.ts';

/**
 * The active reps of a team, locked until the transaction ends: whose turn it is, is decided by one lead at a time. Turn order
 * is shared by all leads, so it is kept in database time.
 */
export async function lockReps(tx: Tx, team: string): Promise<Rep[]> {
  await tx.$queryRaw(
    Prisma.sql`SELECT id FROM reps WHERE ${team} = ANY(teams) AND active ORDER BY id FOR NO KEY UPDATE`,
  );
  return tx.rep.findMany({ where: { active: true, teams: { has: team } }, orderBy: { id: 'asc' } });
}

/** The rep was offered a lead just now: it goes to the end of the turn. */
export async function tookTurn(tx: Tx, repId: string): Promise<void> {
  await tx.$executeRaw(Prisma.sql`UPDATE reps SET last_offered_at = clock_timestamp() WHERE id = ${repId}`);
}

/** Reps who refused, missed or passed on this need since (it was last recycled): it does not go back to them by itself. */
export async function refusersSince(tx: Tx, needId: string, since: Date | null): Promise<string[]> {
  const rows = await tx.assignment.findMany({
    where: {
      needId,
      status: { in: ['rejected', 'expired', 'rerouted'] },
      ...(since === null ? {} : { offeredAt: { gt: since } }),
    },
    select: { repId: true },
    distinct: ['repId'],
  });
  return rows.map((row) => row.repId);
}
