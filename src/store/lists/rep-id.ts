import type { Db } from '../db.ts';

/** By id or key; null when there is no such rep. */
export async function repIdOf(db: Db, idOrKey: string): Promise<string | null> {
  const rep = await db.rep.findFirst({ where: { OR: [{ id: idOrKey }, { key: idOrKey }] }, select: { id: true } });
  return rep?.id ?? null;
}
