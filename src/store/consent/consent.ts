import { newId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';
import type { StatedConsent } from '../capture/submission.ts';

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
  const { granted = true, text, version = null, source } = consent;
  await tx.$executeRaw`
    WITH lifted AS (
      DELETE FROM suppressions
      WHERE ${granted} AND email = ${lead.email} AND reason = 'unsubscribed' AND occurred_at <= ${at}
    )
    INSERT INTO consents (id, lead_id, topic, granted, text, version, source, occurred_at)
    VALUES (${newId('consent')}, ${lead.id}, ${MARKETING}, ${granted}, ${text}, ${version}, ${source}, ${at})`;
}
