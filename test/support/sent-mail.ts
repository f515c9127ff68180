import { newId } from '../../src/domain/ids.ts';
import type { Db } from '../../src/store/db.ts';

/** The row of a mail to a lead that was taken a while ago. Returns its id. */
export async function sentMail(db: Db, leadId: string, agoMs = 60_000): Promise<string> {
  const id = newId('send');
  const at = new Date(Date.now() - agoMs);
  await db.send.create({
    data: { id, key: id, leadId, templateKey: 'plain', status: 'sent', attempt: 'x', occurredAt: at, sentAt: at },
  });
  return id;
}
