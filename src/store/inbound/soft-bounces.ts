import { newId } from '../../domain/ids.ts';
import { suppressAddress } from '../consent/suppress-address.ts';
import type { Tx } from '../db.ts';

/** So many soft bounces within two weeks, of as many mails, count as a hard one. */
const LIMIT = 3;
const WITHIN_MS = 14 * 86_400_000;

/**
 * Whether the soft bounce of a message makes as many within two weeks as count for a hard one. A notice that is repeated counts once, and one
 * about another address not at all.
 */
export async function isSoftLimit(
  tx: Tx,
  lead: { id: string; email: string | null },
  sendId: string | null,
  realNowMs: number,
): Promise<boolean> {
  const before = await tx.inboundMail.findMany({
    where: { leadId: lead.id, verdict: 'soft', receivedAt: { gte: new Date(realNowMs - WITHIN_MS) } },
    distinct: ['sendId', 'recipient'],
    select: { sendId: true, recipient: true },
  });
  const ours = before.filter(({ recipient }) => recipient === null || recipient.toLowerCase() === lead.email);
  return new Set([sendId, ...ours.map((one) => one.sendId)]).size >= LIMIT;
}

/** Counts a message that the mailbox did not take at hand-over in any attempt, like a notice of it: the third within two weeks suppresses. */
export async function noteSoftBounce(
  tx: Tx,
  { address, leadId, sendId, at }: { address: string; leadId: string; sendId: string; at: Date },
): Promise<void> {
  const email = address.toLowerCase();
  const receivedAt = new Date();
  const isLimit = await isSoftLimit(tx, { id: leadId, email }, sendId, receivedAt.getTime());
  if (isLimit) await suppressAddress(tx, { address, reason: 'hard-bounce', source: 'smtp', leadId, occurredAt: at });
  await tx.inboundMail.createMany({
    data: [
      {
        id: newId('inboundMail'),
        digest: `answer:${sendId}`,
        leadId,
        sendId,
        verdict: 'soft',
        recipient: email,
        domain: email.slice(email.lastIndexOf('@') + 1),
        did: isLimit ? 'suppressed' : 'recorded',
        receivedAt,
      },
    ],
    skipDuplicates: true,
  });
}
