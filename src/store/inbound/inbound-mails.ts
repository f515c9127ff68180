/** Mails that came back, for the person who looks at them. */
import { AppError } from '../../domain/errors.ts';
import { suppressAddress } from '../consent/suppress-address.ts';
import type { StoreContext } from '../context.ts';
import { type Db, transact } from '../db.ts';
import type { InboundMail } from '../generated/client.ts';
import { lockLeads } from '../lock.ts';

export type { InboundMail } from '../generated/client.ts';

const WAITING = ['kept', 'quarantined'];

/** Newest first; `after` is the last id of the page before. */
export function listInbound(
  db: Db,
  filter: { waiting?: boolean | undefined; lead?: string | undefined },
  after: string | null,
  limit: number,
): Promise<InboundMail[]> {
  return db.inboundMail.findMany({
    where: {
      ...(filter.waiting === true ? { OR: [{ did: 'kept' }, { did: 'quarantined' }], settledAt: null } : {}),
      ...(filter.lead === undefined ? {} : { leadId: filter.lead }),
      ...(after === null ? {} : { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
}

/** @throws AppError MAIL_UNKNOWN */
export async function readInbound(db: Pick<Db, 'inboundMail'>, id: string): Promise<InboundMail> {
  const mail = await db.inboundMail.findUnique({ where: { id } });
  if (mail === null) throw new AppError('MAIL_UNKNOWN', 'There is no incoming mail with this id');
  return mail;
}

/**
 * A person has looked: the address is gone for good, or nothing follows. Settling it again changes nothing.
 *
 * @param actor id of the key
 * @throws AppError MAIL_UNKNOWN
 */
export async function settleInbound(
  ctx: StoreContext,
  id: string,
  settling: { suppress: boolean; actor: string },
): Promise<InboundMail> {
  return transact(ctx.db, async (tx) => {
    const { leadId } = await readInbound(tx, id);
    const [lead] = leadId === null ? [] : await lockLeads(tx, [leadId]);
    // Read again under the lock.
    const mail = await readInbound(tx, id);
    if (mail.settledAt !== null || !WAITING.includes(mail.did)) return mail;
    const at = new Date(ctx.realNow());
    if (settling.suppress && lead !== undefined && lead.email !== null) {
      const suppression = {
        address: lead.email,
        reason: 'hard-bounce',
        source: settling.actor,
        leadId: lead.id,
      } as const;
      await suppressAddress(tx, { ...suppression, occurredAt: at });
    }
    return tx.inboundMail.update({
      where: { id },
      data: {
        settledAt: at,
        settledBy: settling.actor,
        excerpt: null,
        ...(settling.suppress ? { did: 'suppressed' } : {}),
      },
    });
  });
}
