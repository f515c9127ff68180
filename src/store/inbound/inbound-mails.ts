/** Mails that came back, for the person who looks at them. */
import { AppError } from '../../domain/errors.ts';
import { storedAddress } from '../../domain/suppression.ts';
import { leadNow } from '../clock.ts';
import { suppressAddress } from '../consent/suppress-address.ts';
import type { StoreContext } from '../context.ts';
import { type Db, transact, type Tx } from '../db.ts';
import type { InboundMail, Lead } from '../generated/client.ts';
import { lockLeads, lockLeadsNamed } from '../lock.ts';
import { leaveBySend } from './leave.ts';

export type { InboundMail } from '../generated/client.ts';

const WAITING = ['kept', 'quarantined'];
/** Settled at one press; more wait for the next. */
const MOST_OF_BURST = 1_000;

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

/** Those of the ids that there are. */
export async function readInbounds(db: Db, ids: readonly string[]): Promise<Map<string, InboundMail>> {
  if (ids.length === 0) return new Map();
  const rows = await db.$queryRaw<{ id: string }[]>`SELECT id FROM inbound_mails WHERE id = ANY(${[...ids]})`;
  const mails = await Promise.all(rows.map(({ id }) => db.inboundMail.findUnique({ where: { id } })));
  return new Map(mails.flatMap((mail) => (mail === null ? [] : [[mail.id, mail] as const])));
}

/** @throws AppError MAIL_UNKNOWN */
export async function readInbound(db: Pick<Db, 'inboundMail'>, id: string): Promise<InboundMail> {
  const mail = await db.inboundMail.findUnique({ where: { id } });
  if (mail === null) throw new AppError('MAIL_UNKNOWN', 'There is no incoming mail with this id');
  return mail;
}

/**
 * A person has looked: the address is to get no more mail, or nothing follows. Settling it again changes nothing.
 *
 * @param actor id of the key
 * @throws AppError MAIL_UNKNOWN, CONFLICT: it names no address
 */
export async function settleInbound(
  ctx: StoreContext,
  id: string,
  settling: { suppress: boolean; actor: string; did?: 'unsubscribed' },
): Promise<InboundMail> {
  return transact(ctx.db, async (tx) => {
    const { leadId } = await readInbound(tx, id);
    const [lead] = leadId === null ? [] : await lockLeads(tx, [leadId]);
    // Read again under the lock.
    const mail = await readInbound(tx, id);
    if (mail.settledAt !== null || !WAITING.includes(mail.did)) return mail;
    const at = new Date(ctx.realNow());
    if (settling.suppress) await suppressByMail(tx, mail, { lead, actor: settling.actor, realNowMs: ctx.realNow() });
    return tx.inboundMail.update({
      where: { id },
      data: {
        settledAt: at,
        settledBy: settling.actor,
        ...(mail.verdict === 'reply' ? {} : { excerpt: null }),
        ...(settling.suppress ? { did: 'suppressed' } : settling.did === undefined ? {} : { did: settling.did }),
      },
    });
  });
}

/** The address of the lead; where no message of ours is known to be meant, the address that the notice names. */
async function suppressByMail(
  tx: Tx,
  { verdict, recipient }: InboundMail,
  { lead, actor, realNowMs }: { lead: Lead | undefined; actor: string; realNowMs: number },
): Promise<void> {
  const address = lead === undefined ? storedAddress(recipient ?? '') : lead.email;
  if (lead === undefined && address === null)
    throw new AppError('CONFLICT', 'The mail names no address that could be suppressed: dismiss it.');
  if (address === null) return;
  const [known] = lead === undefined ? await lockLeadsNamed(tx, [], [address]) : [lead];
  await suppressAddress(tx, {
    address,
    reason: verdict === 'complaint' ? 'complaint' : 'hard-bounce',
    source: actor,
    actor,
    leadId: known?.id ?? null,
    occurredAt: new Date(known === undefined ? realNowMs : leadNow(known, realNowMs)),
  });
}

/**
 * A person has looked at a burst of hard bounces of one receiving domain: all of them are settled in the same way.
 *
 * @returns how many
 */
export async function settleBurst(
  ctx: StoreContext,
  domain: string,
  settling: { suppress: boolean; actor: string },
): Promise<number> {
  const rows = await ctx.db.inboundMail.findMany({
    where: { domain, did: 'quarantined', settledAt: null },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: MOST_OF_BURST,
  });
  for (const { id } of rows) await settleInbound(ctx, id, settling);
  return rows.length;
}

/** What a lead answered, newest first, with its text. */
export function answersOf(db: Db, leadId: string, limit: number): Promise<InboundMail[]> {
  return db.inboundMail.findMany({ where: { leadId, verdict: 'reply' }, orderBy: { receivedAt: 'desc' }, take: limit });
}

/**
 * A person has read that the writer wants no more mail: the person a send went to is unsubscribed. Again changes nothing.
 *
 * @throws AppError MAIL_UNKNOWN, CONFLICT: it belongs to nobody who is known
 */
export async function unsubscribeByInbound(
  ctx: StoreContext,
  id: string,
  actor: string,
): Promise<{ mail: InboundMail; ringIds: string[] }> {
  const { leadId, sendId } = await readInbound(ctx.db, id);
  if (leadId === null || sendId === null)
    throw new AppError('CONFLICT', 'The mail belongs to no message of ours: nobody can be unsubscribed by it.');
  // First: when what follows fails, repeating this changes nothing.
  const { ringIds } = await leaveBySend(ctx, sendId, 'answer');
  return { mail: await settleInbound(ctx, id, { suppress: false, actor, did: 'unsubscribed' }), ringIds };
}
