import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';

/**
 * Only the hash of an erased lead's id is kept. It tells a process or a restore that still names the lead that it was erased on
 * purpose. An id is long and random, so the hash reveals nothing.
 */
export function erasedHash(id: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`encode(sha256(convert_to(${id}, 'UTF8')), 'hex')`;
}

export async function isErased(tx: Tx, leadId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ erased: boolean }[]>`
    SELECT EXISTS (SELECT FROM erased_leads WHERE id_hash = ${erasedHash(Prisma.sql`${leadId}`)}) AS erased`;
  return row?.erased ?? false;
}
