/** The leads of a large broadcast, and its ledger as if all of its messages had been sent. */
import type pg from 'pg';
import { seedLeads } from './seed-leads.ts';

/** Leads that are written in one transaction. */
const AT_ONCE = 250_000;

/** Leads that came from the source `source`, and say yes to marketing. */
export async function seedAudience(db: pg.Pool, source: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE)
    await seedLeads(db, { tag: `${source}-${from}`, count: Math.min(AT_ONCE, count - from), score: 0, source });
  await db.query('VACUUM ANALYZE leads');
}

/**
 * Who has still to come gets a message in the ledger; on one in five a person reacted, on one in ten a program. Then it is done, and the
 * database had its time to clear up.
 */
export async function everybodyHasIt(db: pg.Pool, broadcastId: string): Promise<void> {
  const client = await db.connect();
  try {
    await client.query('SET statement_timeout = 0');
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO sends (id, key, lead_id, broadcast_id, variant, topic, template_key, status, attempt, occurred_at, sent_at)
       SELECT 'send-' || gen_random_uuid(), 'broadcast:' || broadcast_id || ':' || lead_id, lead_id, broadcast_id, 'a', 'marketing',
         'ebook-checklist', 'sent', 'bench', now(), now()
       FROM broadcast_recipients WHERE broadcast_id = $1`,
      [broadcastId],
    );
    await client.query(
      `INSERT INTO events (id, lead_id, type, occurred_at, send_id, machine, properties)
       SELECT 'evt-' || gen_random_uuid(), s.lead_id, CASE WHEN n % 2 = 0 THEN 'email.opened' ELSE 'email.clicked' END, now(), s.id,
         n % 3 = 0, '{}'
       FROM (SELECT id, lead_id, row_number() OVER () AS n FROM sends WHERE broadcast_id = $1) s WHERE n % 10 < 3`,
      [broadcastId],
    );
    await client.query('DELETE FROM broadcast_recipients WHERE broadcast_id = $1', [broadcastId]);
    await client.query(`UPDATE broadcasts SET status = 'done', ended_at = now(), next_at = NULL WHERE id = $1`, [
      broadcastId,
    ]);
    await client.query('COMMIT');
    await client.query('VACUUM ANALYZE sends');
    await client.query('VACUUM ANALYZE broadcast_recipients');
    await client.query('ANALYZE events');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release(true);
  }
}
