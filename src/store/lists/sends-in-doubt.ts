import type { Db } from '../db.ts';

export interface SendInDoubt {
  id: string;
  templateKey: string;
  recordedAt: Date;
}

/** Messages to a lead of which nobody knows whether they left, and on which no person has decided. The oldest first. */
export function sendsInDoubt(db: Db, leadId: string): Promise<SendInDoubt[]> {
  return db.$queryRaw<SendInDoubt[]>`
    SELECT s.id, s.template_key AS "templateKey", s.recorded_at AS "recordedAt" FROM sends s
    WHERE s.lead_id = ${leadId} AND s.status = 'in_doubt' AND s.delivery IS NULL
      AND NOT EXISTS (SELECT 1 FROM resent_sends r WHERE r.send_id = s.id)
      AND NOT EXISTS (SELECT 1 FROM dismissed_sends d WHERE d.send_id = s.id)
    ORDER BY s.recorded_at LIMIT 20`;
}
