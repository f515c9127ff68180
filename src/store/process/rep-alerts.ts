/** Alerts to reps, as the processes of leads count them. */
import type { Tx } from '../db.ts';
import type { RepAlert } from '../generated/client.ts';

/**
 * How many alerts to a rep were mails of their own less than this long ago. Clocks of leads that were forwarded differ, so what is as near
 * ahead counts too. Exact while the rep is locked.
 */
export async function alertsLately(tx: Tx, repId: string, atMs: number, withinMs: number): Promise<number> {
  const [row] = await tx.$queryRaw<[{ count: number }]>`
    SELECT count(*)::int AS count FROM rep_alerts
    WHERE rep_id = ${repId} AND NOT held AND occurred_at > ${new Date(atMs - withinMs)} AND occurred_at < ${new Date(atMs + withinMs)}`;
  return row.count;
}

/** One that SMTP refused before, and that is tried again, is the same alert. */
export async function noteAlert(tx: Tx, alert: Omit<RepAlert, 'mailId' | 'recordedAt'>): Promise<void> {
  const { key, repId, leadId, assignmentId, template, held, occurredAt } = alert;
  await tx.$executeRaw`
    INSERT INTO rep_alerts (key, rep_id, lead_id, assignment_id, template, held, occurred_at)
    VALUES (${key}, ${repId}, ${leadId}, ${assignmentId}, ${template}, ${held}, ${occurredAt})
    ON CONFLICT (key) DO UPDATE SET held = EXCLUDED.held, mail_id = NULL, occurred_at = EXCLUDED.occurred_at, recorded_at = now()`;
}
