/** The suppressions of an erased person's address. They stay under its hash, and hold again when the person comes back. */
import type { Tx } from '../db.ts';

/** Replaces the address by its hash. Nobody can read the address from it, and the same address gives the same hash. */
export async function forgetAddress(tx: Tx, address: string, hash: string): Promise<void> {
  // What was kept of an earlier erasure says the same.
  await tx.$executeRaw`
    DELETE FROM suppressions s USING suppressions o
    WHERE o.email = ${address} AND s.email IS NULL AND s.address_hash = ${hash} AND s.reason = o.reason`;
  await tx.$executeRaw`
    UPDATE suppressions SET email = NULL, lead_id = NULL, address_hash = ${hash} WHERE email = ${address}`;
}

/** Gives a new lead the suppressions that its address has from before an erasure. Answers whether there were any. */
export async function recallAddress(tx: Tx, lead: { id: string; email: string }, hash: string): Promise<boolean> {
  const recalled = await tx.$executeRaw`
    UPDATE suppressions s SET email = ${lead.email}, lead_id = ${lead.id}
    WHERE s.address_hash = ${hash} AND s.email IS NULL
      AND NOT EXISTS (SELECT FROM suppressions o WHERE o.email = ${lead.email} AND o.reason = s.reason)`;
  return recalled > 0;
}
