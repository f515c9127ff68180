/** What a past lead said of mail, and which addresses must not be mailed. */
import { newId } from '../../../domain/ids.ts';
import type { PastLife } from './past-life.ts';
import type { Writing } from './writing.ts';

interface WordsWriting extends Writing {
  life: PastLife;
  /** Null: it has none. */
  email: string | null;
}

/** A mail takes a while to come back, to be reported or to be unsubscribed from, in days. */
export const REACTED_AFTER = 0.1;

/** Of so many addresses one was suppressed by hand. */
const BY_HAND = 400;

export function addWords({ add, at, happened, life, leadId, email }: WordsWriting, index: number): void {
  const said = (granted: boolean, source: string, afterDays: number): void =>
    add('consents', {
      id: newId('consent'),
      lead_id: leadId,
      topic: 'marketing',
      granted,
      unconfirmed: false,
      text: granted ? 'Send me mail' : 'unsubscribed',
      source,
      stated_by: granted ? 'form' : 'lead',
      occurred_at: at(afterDays),
      recorded_at: at(afterDays),
    });
  const suppress = (reason: string, source: string, afterDays: number): void =>
    add('suppressions', {
      email,
      reason,
      source,
      lead_id: leadId,
      occurred_at: at(afterDays),
      recorded_at: at(afterDays),
    });
  if (life.hasConsent) said(true, 'form', 0);
  if (email === null) return;
  for (const { afterDays, unsubscribed, complained, hard } of life.mails) {
    const when = afterDays + REACTED_AFTER;
    if (!happened(when)) break;
    if (hard) suppress('hard-bounce', 'mail', when);
    if (complained) suppress('complaint', 'mail', when);
    if (!unsubscribed) continue;
    const source = complained ? 'complaint' : 'link';
    said(false, source, when);
    suppress('unsubscribed', source, when);
  }
  if (index % BY_HAND === BY_HAND / 2 && happened(5)) suppress('manual', 'operator', 5);
}
