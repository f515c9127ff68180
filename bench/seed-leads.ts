/** Leads written straight into the database, as if the engine had nurtured them for a while. */
import type pg from 'pg';

export interface SeedOptions {
  /** A part of the leads' addresses and ids. */
  tag: string;
  count: number;
  /** The grade of all leads; without it a realistic mix (A 10%, B 20%, C 60%, D 10%). */
  grade?: 'A' | 'B' | 'C' | 'D';
  score: number;
  /** Where they say that they came from. */
  source?: string;
  /** The cadence and step in which the leads are, due at `dueAt`. Without it they are in no cadence. */
  standing?: { cadence: string; stepId: string; dueAt: Date };
  /** A mail that was sent an hour ago, to be clicked on. */
  withMail?: boolean;
}

export interface SeededLead {
  leadId: string;
  sendId: string;
}

/** An id that is the same for the same name. */
const idOf = (prefix: string): string =>
  `'${prefix}-' || lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '7' || substr(md5('${prefix}' || name), 1, 3) || '8' || substr(md5('${prefix}' || name), 4, 15)`;

/** Returns them in a fixed order. */
export async function seedLeads(db: pg.Pool, options: SeedOptions): Promise<SeededLead[]> {
  const { tag, count, standing } = options;
  const client = await db.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `CREATE TEMP TABLE seed ON COMMIT DROP AS
       SELECT n, name, ${idOf('lead')} AS lead_id, ${idOf('need')} AS need_id, ${idOf('tch')} AS touch_id,
              ${idOf('cns')} AS consent_id, ${idOf('enr')} AS enrollment_id, ${idOf('send')} AS send_id,
              coalesce($3, (ARRAY['A','B','B','C','C','C','C','C','C','D'])[1 + n % 10]) AS grade
       FROM (SELECT n, $1::text || '-' || n AS name FROM generate_series(1, $2::int) n) names`,
      [tag, count, options.grade ?? null],
    );
    await client.query(
      `INSERT INTO leads (id, email, first_name, last_name, company, country, stage, need_id, source, score, score_at,
                          fit_grade, created_at, updated_at)
       SELECT lead_id, name || '@bench.example', 'Bench', 'Lead ' || n, 'Company ' || n, 'DE', 'nurturing', need_id,
              $2, $1, now(), grade::grade, now() - interval '3 days', now() FROM seed`,
      [options.score, options.source ?? 'seeded'],
    );
    await client.query(
      `INSERT INTO needs (id, lead_id, stage, opened_at)
       SELECT need_id, lead_id, 'nurturing', now() - interval '3 days' FROM seed`,
    );
    await client.query(
      `INSERT INTO touches (id, lead_id, need_id, is_first, source, how, occurred_at, handled_at)
       SELECT touch_id, lead_id, need_id, true, $1, 'api', now() - interval '3 days', now() - interval '3 days' FROM seed`,
      [options.source ?? 'seeded'],
    );
    await client.query(
      `INSERT INTO consents (id, lead_id, granted, text, source, occurred_at)
       SELECT consent_id, lead_id, true, 'Send me mail', 'bench', now() - interval '3 days' FROM seed`,
    );
    if (standing !== undefined) {
      const revisions = await client.query(
        `INSERT INTO enrollments (id, lead_id, need_id, cadence, revision_id, via, step_id, due_at, stepped_at, started_at)
         SELECT enrollment_id, lead_id, need_id, r.cadence, r.id, 'trigger', $2, $3,
                now() - interval '1 hour', now() - interval '3 days'
         FROM seed, (SELECT id, cadence FROM cadence_revisions WHERE cadence = $1 ORDER BY number DESC LIMIT 1) r`,
        [standing.cadence, standing.stepId, standing.dueAt],
      );
      if (revisions.rowCount !== count) throw new Error(`The cadence ‘${standing.cadence}’ is not published`);
    }
    if (options.withMail) {
      await client.query(
        `INSERT INTO sends (id, key, lead_id, step_id, template_key, status, attempt, occurred_at, sent_at)
         SELECT send_id, 'seeded:' || send_id, lead_id, 'first', 'ebook-welcome', 'sent', 'seeded',
                now() - interval '1 hour', now() - interval '1 hour' FROM seed`,
      );
    }
    const { rows } = await client.query<SeededLead>(
      `SELECT lead_id AS "leadId", send_id AS "sendId" FROM seed ORDER BY n`,
    );
    await client.query('COMMIT');
    await client.query('ANALYZE leads, needs, touches, consents, enrollments, sends');
    return rows;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
