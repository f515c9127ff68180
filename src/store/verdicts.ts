import type { Verdict } from '../domain/commands.ts';
import type { Db } from './db.ts';

/** The verdict that a command got, perhaps from a run that has ended since; null: it was not carried out. */
export async function readVerdict(db: Db, commandId: string): Promise<Verdict | null> {
  const row = await db.command.findUnique({ where: { id: commandId }, select: { verdict: true } });
  return row === null ? null : (row.verdict as unknown as Verdict);
}
