/** May this lead be mailed? Asked before every send, with the answer kept for `why`. */
import { MARKETING } from './consent.ts';
import type { Tx } from '../db.ts';

/** `suppressed:` is followed by every reason that holds, with commas. */
export type MailRefusal = 'no-email' | 'no-consent' | 'unsubscribed' | `suppressed:${string}`;
export type MayMail = { may: true } | { may: false; reason: MailRefusal };

/** The latest word on the topic decides; without one there is no mail. A suppressed address gets none on any topic. */
export async function mayMail(
  tx: Tx,
  lead: { id: string; email: string | null },
  topic: string = MARKETING,
): Promise<MayMail> {
  if (lead.email === null) return { may: false, reason: 'no-email' };
  const { suppressions, granted } = await readMailWord(tx, lead, topic);
  if (suppressions.some((reason) => reason !== 'unsubscribed'))
    return { may: false, reason: `suppressed:${suppressions.join(',')}` };
  if (granted === null && suppressions.length === 0) return { may: false, reason: 'no-consent' };
  return granted === true && suppressions.length === 0 ? { may: true } : { may: false, reason: 'unsubscribed' };
}

export interface MailWord {
  /** Every reason why the address must not be mailed, the oldest first. */
  suppressions: string[];
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
      ARRAY(SELECT reason FROM suppressions WHERE email = ${lead.email} ORDER BY occurred_at, id) AS "suppressions",
      (SELECT granted FROM consents WHERE lead_id = ${lead.id} AND topic = ${topic}
        ORDER BY occurred_at DESC, id DESC LIMIT 1) AS "granted"`;
  return word ?? { suppressions: [], granted: null };
}
