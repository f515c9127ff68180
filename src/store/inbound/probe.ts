import type { Db } from '../db.ts';

/** Takes the row of a mail that the engine has sent itself; answers whether it was there. Nobody has to look at it. */
export async function takeProbe(db: Db, sendId: string): Promise<boolean> {
  return (await db.inboundMail.deleteMany({ where: { sendId, leadId: null } })).count > 0;
}
