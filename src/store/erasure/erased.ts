import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';

/**
 * An erased lead is known by the hash of its id alone: enough to tell whoever still names it (its process, a restore) that it is gone
 * on purpose. An id is random and long, so the hash tells nothing.
 */
export function erasedHash(id: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`encode(sha256(convert_to(${id}, 'UTF8')), 'hex')`;
}

export async function isErased(tx: Tx, leadId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ erased: boolean }[]>`
    SELECT EXISTS (SELECT FROM erased_leads WHERE id_hash = ${erasedHash(Prisma.sql`${leadId}`)}) AS erased`;
  return row?.erased ?? false;
}
