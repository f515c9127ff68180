/** May this lead be mailed? Asked before every send, with the answer kept for `why`. */
import { MARKETING } from './consent.ts';
import type { Tx } from '../db.ts';

export type MailRefusal = 'no-email' | 'no-consent' | 'unsubscribed' | `suppressed:${string}`;
export type MayMail = { may: true } | { may: false; reason: MailRefusal };

/** The latest word on the topic decides; without one there is no mail. A suppressed address gets none on any topic. */
export async function mayMail(
  tx: Tx,
  lead: { id: string; email: string | null },
  topic: string = MARKETING,
): Promise<MayMail> {
  if (lead.email === null) return { may: false, reason: 'no-email' };
  const { suppression, granted } = await readMailWord(tx, lead, topic);
  if (suppression !== null && suppression !== 'unsubscribed')
    return { may: false, reason: `suppressed:${suppression}` };
  if (granted === null && suppression === null) return { may: false, reason: 'no-consent' };
  return granted === true && suppression === null ? { may: true } : { may: false, reason: 'unsubscribed' };
}

export interface MailWord {
  /** Why the address must not be mailed; null when nothing stands against it. */
  suppression: string | null;
  /** The latest yes or no on the topic; null when the lead never said. */
  granted: boolean | null;
}

/** Both in one statement. */
export async function readMailWord(
  tx: Tx,
  lead: { id: string; email: string | null },
  topic: string = MARKETING,
): Promise<MailWord> {
  const [word] = await tx.$queryRaw<MailWord[]>`
    SELECT
      (SELECT reason FROM suppressions WHERE email = ${lead.email}) AS "suppression",
      (SELECT granted FROM consents WHERE lead_id = ${lead.id} AND topic = ${topic}
        ORDER BY occurred_at DESC, id DESC LIMIT 1) AS "granted"`;
  return word ?? { suppression: null, granted: null };
}
