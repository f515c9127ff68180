/**
 * What follows from a mail that came in. Its row and its consequences are one transaction under the lead's lock: the sender hears that
 * the mail was taken when both stand, and the same mail delivered again finds its row.
 */
import { newId } from '../../domain/ids.ts';
import type { Delivery } from '../../domain/send-status.ts';
import type { SuppressionReason } from '../../domain/suppression.ts';
import { leadNow } from '../clock.ts';
import { suppressAddress } from '../consent/suppress-address.ts';
import { unsubscribeIn } from '../consent/unsubscribe.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import { ABSENCE } from '../events/event-names.ts';
import { ingest } from '../events/ingest.ts';
import type { Lead } from '../generated/client.ts';
import { lockLeads, waitBriefly } from '../lock.ts';
import { noteDelivery } from '../process/delivery.ts';
import { noteBounces } from './note-bounces.ts';
import { noteRefusingNotice } from './refusing-notices.ts';
import { isSoftLimit } from './soft-bounces.ts';

/** A mail that was read. */
export interface ReadInbound {
  /** Hash of the mail and the address it came to. */
  digest: string;
  /** The send that it answers. Null: it belongs to no message of ours, and is kept for a person. */
  sendId: string | null;
  verdict: string;
  status: string | null;
  recipient: string | null;
  excerpt: string;
  /** What the receiving server said, where it takes nothing of ours for now. */
  refusal?: string;
  /** An answer that seems to ask for no more mail. */
  asksRemoval?: boolean;
  /** Only its From names the lead, and anybody can write that: nothing follows from it but what a person makes of it. */
  byWriter?: boolean;
  /** Midnight of the day of return that an out-of-office names. */
  awayUntilMs?: number | null;
}

export type Did = 'suppressed' | 'recorded' | 'none' | 'kept' | 'quarantined';

/**
 * So many hard bounces of one receiving domain within an hour are more likely a fault there than so many people who left: large
 * providers have answered "no such user" for everyone by mistake.
 */
const BURST = 20;
const BURST_WITHIN_MS = 3_600_000;

/** What a verdict says of the message that it answers. */
const DELIVERY: Readonly<Record<string, Delivery>> = {
  hard: 'bounced',
  soft: 'bounced',
  sender: 'bounced',
  complaint: 'complained',
  delivered: 'delivered',
};

/** @throws 55P03 when somebody holds the lead for longer than a second */
export async function keepInbound(ctx: StoreContext, mail: ReadInbound): Promise<{ did: Did; ringIds: string[] }> {
  return transact(ctx.db, async (tx) => {
    const [, send] = await Promise.all([
      waitBriefly(tx),
      mail.sendId === null
        ? null
        : tx.send.findUnique({ where: { id: mail.sendId }, select: { leadId: true, audience: true } }),
    ]);
    const [lead] = send === null || send.audience !== 'lead' ? [] : await lockLeads(tx, [send.leadId]);
    const before = await tx.inboundMail.findUnique({ where: { digest: mail.digest }, select: { did: true } });
    if (before !== null) return { did: before.did as Did, ringIds: [] };
    const at = new Date(ctx.realNow());
    const { did, ringIds } =
      lead === undefined ? { did: 'kept' as const, ringIds: [] } : await follow(tx, ctx, lead, mail);
    const delivery = lead === undefined || !isAbout(lead, mail) ? undefined : DELIVERY[mail.verdict];
    if (lead !== undefined && delivery !== undefined && mail.sendId !== null)
      await noteDelivery(tx, mail.sendId, delivery, new Date(leadNow(lead, ctx.realNow())));
    const { excerpt, awayUntilMs: _away, byWriter: _byWriter, refusal, ...facts } = mail;
    await tx.inboundMail.create({
      data: {
        id: newId('inboundMail'),
        ...facts,
        leadId: lead?.id ?? null,
        domain: domainOf(lead),
        refusesUs: refusal !== undefined && lead !== undefined && isAbout(lead, mail),
        did,
        excerpt: did === 'kept' || did === 'quarantined' || mail.verdict === 'reply' ? excerpt : null,
        receivedAt: at,
      },
    });
    return { did, ringIds };
  });
}

async function follow(
  tx: Tx,
  ctx: StoreContext,
  lead: Lead,
  mail: ReadInbound,
): Promise<{ did: Did; ringIds: string[] }> {
  switch (mail.verdict) {
    case 'hard':
      if (!isAbout(lead, mail)) return { did: 'kept', ringIds: [] };
      if (await isBurst(tx, ctx, domainOf(lead))) return { did: 'quarantined', ringIds: [] };
      return suppressed(tx, ctx, lead, mail, 'hard-bounce');
    case 'soft':
      return isAbout(lead, mail) && (await isSoftLimit(tx, lead, mail.sendId, ctx.realNow()))
        ? suppressed(tx, ctx, lead, mail, 'hard-bounce')
        : recorded(tx, ctx, lead, mail, 'email.bounced');
    case 'complaint': {
      if (!isAbout(lead, mail)) return { did: 'kept', ringIds: [] };
      const left = await leave(tx, ctx, lead, mail);
      const { did, ringIds } = await suppressed(tx, ctx, lead, mail, 'complaint');
      return { did, ringIds: [...left.ringIds, ...ringIds] };
    }
    case 'unsubscribe':
      return { did: 'none', ...(await leave(tx, ctx, lead, mail)) };
    case 'reply':
      return { ...(await recorded(tx, ctx, lead, mail, 'reply.received')), did: 'kept' };
    case 'auto-reply':
      return typeof mail.awayUntilMs === 'number' && mail.byWriter !== true
        ? absent(tx, ctx, lead, mail, mail.awayUntilMs)
        : { did: 'none', ringIds: [] };
    case 'sender':
      await refused(tx, lead, mail, ctx.realNow());
      return { did: 'kept', ringIds: [] };
    case 'unclear':
      return { did: 'kept', ringIds: [] };
    default:
      return { did: 'none', ringIds: [] };
  }
}

function leave(
  tx: Tx,
  ctx: StoreContext,
  lead: Lead,
  { sendId, verdict }: ReadInbound,
): Promise<{ ringIds: string[] }> {
  return unsubscribeIn(tx, ctx, { leadId: lead.id, source: verdict, ...(sendId === null ? {} : { sendId }) });
}

/** It is on the lead's timeline. Where the server takes nothing of ours, it counts among the notices that have mails to the domain wait. */
async function refused(tx: Tx, lead: Lead, mail: ReadInbound, realNowMs: number): Promise<void> {
  if (!isAbout(lead, mail)) return;
  const { sendId, status, refusal } = mail;
  const at = new Date(leadNow(lead, realNowMs));
  const said = refusal === undefined ? {} : { reason: refusal };
  await noteBounces(tx, [{ leadId: lead.id, sendId, verdict: 'sender', at, status, ...said, heardAt: 'notice' }]);
  const receiver = domainOf(lead);
  if (refusal === undefined || receiver === null || sendId === null) return;
  await noteRefusingNotice(tx, { receiver, reason: refusal, leadId: lead.id, sendId }, realNowMs);
}

/** A notice about another address was forwarded, or the lead has another one by now. */
function isAbout(lead: Lead, { recipient }: Pick<ReadInbound, 'recipient'>): boolean {
  return recipient === null || recipient.toLowerCase() === lead.email;
}

async function suppressed(
  tx: Tx,
  ctx: StoreContext,
  lead: Lead,
  mail: ReadInbound,
  reason: SuppressionReason,
): Promise<{ did: Did; ringIds: string[] }> {
  if (lead.email === null) return { did: 'none', ringIds: [] };
  const occurredAt = new Date(leadNow(lead, ctx.realNow()));
  await suppressAddress(tx, { address: lead.email, reason, source: 'mail', leadId: lead.id, occurredAt });
  return { ...(await recorded(tx, ctx, lead, mail, 'email.bounced')), did: 'suppressed' };
}

async function recorded(
  tx: Tx,
  ctx: StoreContext,
  lead: Lead,
  mail: ReadInbound,
  type: 'email.bounced' | 'reply.received' | typeof ABSENCE,
  more: Readonly<Record<string, unknown>> = {},
): Promise<{ did: Did; ringIds: string[] }> {
  const { ringIds } = await ingest(
    tx,
    ctx.rules.current(),
    [lead],
    [
      {
        id: newId('event'),
        leadId: lead.id,
        type,
        properties: {
          sendId: mail.sendId,
          verdict: mail.verdict,
          ...(mail.status === null ? {} : { status: mail.status }),
          ...(mail.asksRemoval === true ? { asksRemoval: true } : {}),
          ...(mail.byWriter === true ? { byWriter: true } : {}),
          ...more,
        },
        // It gives no points, and no cadence waits for it.
        machine: type === ABSENCE || mail.byWriter === true,
        sendId: mail.sendId,
        occurredAtMs: leadNow(lead, ctx.realNow()),
      },
    ],
    ctx.realNow(),
  );
  return { did: 'recorded', ringIds };
}

/** Mails of cadences wait until the person is back. On the lead's clock, which may be ahead. */
function absent(
  tx: Tx,
  ctx: StoreContext,
  lead: Lead,
  mail: ReadInbound,
  untilMs: number,
): Promise<{ did: Did; ringIds: string[] }> {
  return recorded(tx, ctx, lead, mail, ABSENCE, { untilMs: untilMs + Number(lead.clockOffsetMs) });
}

/** Of the addresses of one send, within an hour. More is a flood, by a stranger who has got a mail of ours. */
const MOST_OF_SEND = 20;
const FLOOD_WITHIN_MS = 3_600_000;

/** Whether more came to the addresses of a send than any person or mail server has reason for. */
export async function isFlood(ctx: StoreContext, sendId: string): Promise<boolean> {
  const since = new Date(ctx.realNow() - FLOOD_WITHIN_MS);
  return (await ctx.db.inboundMail.count({ where: { sendId, receivedAt: { gte: since } } })) >= MOST_OF_SEND;
}

async function isBurst(tx: Tx, ctx: StoreContext, domain: string | null): Promise<boolean> {
  if (domain === null) return false;
  const since = new Date(ctx.realNow() - BURST_WITHIN_MS);
  // Notices about another address say nothing of this domain, and many about one person no more than one.
  const [{ people } = { people: 0 }] = await tx.$queryRaw<{ people: number }[]>`
    SELECT count(DISTINCT lead_id)::int AS people FROM inbound_mails
    WHERE domain = ${domain} AND verdict = 'hard' AND received_at >= ${since} AND did <> 'kept'`;
  return people >= BURST;
}

function domainOf(lead: Lead | undefined): string | null {
  const email = lead?.email ?? null;
  return email === null ? null : email.slice(email.lastIndexOf('@') + 1);
}
