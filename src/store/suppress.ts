/** May this lead be mailed? Asked before every send, with the answer kept for `why`. */
import { MARKETING } from './consent.ts';
import type { Tx } from './db.ts';

export type MailRefusal = 'no-email' | 'no-consent' | 'unsubscribed' | `suppressed:${string}`;
export type MayMail = { may: true } | { may: false; reason: MailRefusal };

/** The latest word on the topic decides; without one there is no mail. A suppressed address gets none on any topic. */
export async function mayMail(
  tx: Tx,
  lead: { id: string; email: string | null },
  topic: string = MARKETING,
): Promise<MayMail> {
  if (lead.email === null) return { may: false, reason: 'no-email' };
  const suppression = await suppressionOf(tx, lead.email);
  if (suppression !== null && suppression !== 'unsubscribed')
    return { may: false, reason: `suppressed:${suppression}` };
  const granted = await latestConsent(tx, lead.id, topic);
  if (granted === null && suppression === null) return { may: false, reason: 'no-consent' };
  return granted === true && suppression === null ? { may: true } : { may: false, reason: 'unsubscribed' };
}

/** Why an address (lower case) must not be mailed; null when nothing stands against it. */
export async function suppressionOf(tx: Tx, email: string): Promise<string | null> {
  const found = await tx.suppression.findUnique({ where: { email }, select: { reason: true } });
  return found?.reason ?? null;
}

/** The latest yes or no on a topic; null when the lead never said. */
export async function latestConsent(tx: Tx, leadId: string, topic: string = MARKETING): Promise<boolean | null> {
  const found = await tx.consent.findFirst({
    where: { leadId, topic },
    orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
    select: { granted: true },
  });
  return found?.granted ?? null;
}
