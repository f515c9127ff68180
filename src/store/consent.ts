import { newId } from '../domain/ids.ts';
import type { Tx } from './db.ts';
import type { StatedConsent } from './submission.ts';

export const MARKETING = 'marketing';

/**
 * Keeps a yes or a no with its proof; the latest decides. A yes lifts the suppression of an earlier unsubscribe, never one
 * for a bounce, a complaint or by hand.
 */
export async function insertConsent(
  tx: Tx,
  lead: { id: string; email: string | null },
  consent: StatedConsent,
  at: Date,
): Promise<void> {
  const granted = consent.granted ?? true;
  await tx.consent.createMany({
    data: [
      {
        id: newId('consent'),
        leadId: lead.id,
        topic: MARKETING,
        granted,
        text: consent.text,
        version: consent.version ?? null,
        source: consent.source,
        occurredAt: at,
      },
    ],
  });
  if (!granted || lead.email === null) return;
  await tx.suppression.deleteMany({ where: { email: lead.email, reason: 'unsubscribed', occurredAt: { lte: at } } });
}
