import { CONFIRMATION_LASTS } from '../../domain/preferences.ts';
import type { Tx } from '../db.ts';

/** So long nobody asks again what was asked in the same words: forms are posted twice. Milliseconds. */
const ASKED_LATELY_MS = 10 * 60_000;

/**
 * Whether a mail that asks to confirm the same words is on its way or minutes old, and unanswered: its link confirms what was asked since, too.
 * The lead must be locked, so that of two requests at once the second sees the mail of the first.
 */
export async function isAskedLately(
  tx: Tx,
  leadId: string,
  { text, version = null }: { text: string; version?: string | undefined | null },
  nowMs: number,
): Promise<boolean> {
  const [found] = await tx.$queryRaw<[{ asked: boolean }]>`
    SELECT EXISTS (
      SELECT FROM consents c
      WHERE c.lead_id = ${leadId} AND c.unconfirmed AND c.text = ${text} AND c.version IS NOT DISTINCT FROM ${version}::text
        AND c.occurred_at > ${new Date(nowMs - CONFIRMATION_LASTS)}
        AND NOT EXISTS (SELECT FROM consents d WHERE d.confirms = c.id)
        AND (EXISTS (SELECT FROM answers a WHERE a.key = 'confirm:' || c.id)
          OR EXISTS (SELECT FROM sends s WHERE s.key = 'confirm:' || c.id AND s.status IN ('claimed', 'sent', 'in_doubt')
            AND s.occurred_at > ${new Date(nowMs - ASKED_LATELY_MS)}))
    ) AS asked`;
  return found.asked;
}
