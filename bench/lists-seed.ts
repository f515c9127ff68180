/**
 * Makes a large, realistic database with SQL alone: the same rows for the same seed. Constraints and all indexes except primary keys
 * are dropped while the large tables are filled and built afterwards, which is many times faster.
 */
import type pg from 'pg';
import { inParallel } from './measure.ts';
import { type Fill, seedSales } from './reports-seed.ts';
import { ago, DAYS, draw, id, one } from './seed-sql.ts';

export interface Population {
  leads: number;
  events: number;
  seed: number;
}

/** Tables whose secondary indexes are built afterwards. */
const LARGE = [
  'leads',
  'lead_search',
  'events',
  'score_ledger',
  'sends',
  'touches',
  'consents',
  'needs',
  'enrollments',
  'assignments',
  'stage_changes',
  'split_arms',
  'rep_activities',
  'audit',
];
/** Leads that are in the cadence `steps`, at most; about as many are when there are more than that. Others are in `others`. */
const IN_STEPS = 100_000;
/** The share of leads that are nurtured. */
const NURTURED = 0.4;
/** Leads wait for weeks before a step, not for a year. */
const STEPPED_WITHIN_S = 20 * 86_400;
const SLICE = 250_000;
/** The number of connections; each fills a slice. Their limit is CPU, not the disk. */
const WRITERS = 2;

/** Stage by a lead's number: most are nurtured or dormant, few are with sales, one in a thousand waits to be handed over. */
const STAGES = [
  ...Array<string>(40).fill('nurturing'),
  ...Array<string>(35).fill('dormant'),
  ...Array<string>(6).fill('assigned'),
  ...Array<string>(6).fill('opportunity'),
  ...Array<string>(5).fill('customer'),
  ...Array<string>(4).fill('no-need'),
  ...Array<string>(3).fill('disqualified'),
  'new',
];
const stageOf = (n: string): string => `CASE WHEN (${n}) % 1000 = 500 THEN 'qualified' ELSE ${one(n, 1, STAGES)} END`;
/** Of touches; reports-seed.ts makes them. */
const CAMPAIGNS = 40;
const SOURCES = ['ebook', 'trade-show', 'webinar', 'website', 'partner', 'newsletter'];

/** So many that a rep has about a thousand leads of a million. */
const MORE_REPS = `
  INSERT INTO reps (id, key, name, email, teams, in_playbook)
  SELECT 'rep-bench-' || n, 'bench-' || n, 'Rep ' || n, 'rep-' || n || '@bench.example',
    ARRAY[CASE WHEN n % 2 = 0 THEN 'europe' ELSE 'americas' END], true
  FROM generate_series(1, 100) n`;

export async function seedPopulation(
  db: pg.Pool,
  { leads, events, seed }: Population,
  say: (line: string) => void,
): Promise<void> {
  const since = Date.now();
  const clients = await Promise.all(Array.from({ length: WRITERS }, () => db.connect()));
  const [client] = clients;
  if (client === undefined) throw new Error('There is no connection');
  const fill: Fill = async (what, rows, insert) => {
    const idle = [...clients];
    let done = 0;
    await inParallel(Math.ceil(rows / SLICE), WRITERS, async (n) => {
      const to = Math.min(rows, (n + 1) * SLICE);
      const writer = idle.pop() ?? client;
      await writer.query(insert(n * SLICE + 1, to).replaceAll('$seed', String(seed)));
      idle.push(writer);
      done += to - n * SLICE;
      say(`  ${what}: ${done.toLocaleString('en')} of ${rows.toLocaleString('en')}, ${seconds(since)}`);
    });
  };
  try {
    for (const writer of clients) {
      // The next statement reports a server that is gone. An error between two statements would be unhandled without this.
      writer.on('error', () => {});
      // Foreign keys are not checked for each row: the rows are right by construction. After a crash everything is made again.
      await writer.query('SET session_replication_role = replica; SET synchronous_commit = off');
      await writer.query(`SET maintenance_work_mem = '512MB'`);
    }
    // Frequent checkpoints make the server write whole pages again, which is several times slower.
    await client.query(`ALTER SYSTEM SET max_wal_size = '8GB'`);
    await client.query('SELECT pg_reload_conf()');
    const indexes = await dropIndexes(client);
    await client.query(MORE_REPS);
    const reps = await client.query<{ id: string }>('SELECT id FROM reps ORDER BY key');
    const repIds = reps.rows.map((rep) => rep.id);
    const stage = stageOf('n');
    const withSales = `stage IN ('assigned', 'opportunity', 'customer')`;
    const accepted = `stage IN ('opportunity', 'customer')`;
    const closed = `stage IN ('customer', 'no-need', 'disqualified')`;
    const campaign = draw('n', 37, CAMPAIGNS);
    // One in twenty of those that are nurtured or dormant was with sales before.
    const recycled = `stage IN ('nurturing', 'dormant') AND ${draw('n', 16, 20)} = 0`;
    await fill(
      'leads',
      leads,
      (from, to) => `
        WITH made AS (INSERT INTO leads (id, email, first_name, last_name, company, job_title, country, stage, need_id, owner_id, source,
                           score, score_at, fit_grade, fit_points, armed, last_engaged_at, next_due_at, next_summary,
                           held_at, held_reason, paused_at, created_at, updated_at, marketing_consent)
        SELECT ${id('lead', 'n')}, 'list-' || n || '@bench.example', 'First ' || n, 'Last ' || n, 'Company ' || n / 3,
               'Manager', ${one('n', 2, ['DE', 'AT', 'FR', 'US', 'IT', 'ES'])}, stage, ${id('need', 'n')},
               CASE WHEN ${withSales} THEN ${one('n', 3, repIds)} END, ${one('n', 4, SOURCES)},
               ${draw('n', 5, 40)}, ${ago('n', 6)}, ${one('n', 7, ['A', 'B', 'B', 'C', 'C', 'C', 'C', 'C', 'D'])}::grade,
               ${draw('n', 8, 40)}, true, ${ago('n', 9)},
               CASE WHEN stage = 'nurturing' THEN now() + make_interval(hours => 24 + ${draw('n', 10, 600)}::int) END,
               'Seeded',
               CASE WHEN n % 2000 = 0 THEN ${ago('n', 11)} END, CASE WHEN n % 2000 = 0 THEN 'Seeded' END,
               CASE WHEN n % 500 = 0 THEN ${ago('n', 12)} END, ${ago('n', 13)}, now(), true
        FROM (SELECT n, ${stage} AS stage FROM generate_series(${from}, ${to}) n) rows
        RETURNING id, first_name, last_name, company, email)
        -- As the trigger writes it, which does not fire here.
        INSERT INTO lead_search (lead_id, words) SELECT id, lower(concat_ws(' ', first_name, last_name, company, email)) FROM made`,
    );
    const cadences = Math.max(1, Math.ceil((NURTURED * leads) / IN_STEPS));
    await fill(
      'needs, touches, consents',
      leads,
      (from, to) => `
        WITH rows AS MATERIALIZED (SELECT n, ${stage} AS stage, ${ago('n', 13)} AS at FROM generate_series(${from}, ${to}) n),
        needed AS (
          INSERT INTO needs (id, lead_id, stage, product_line, waiting_because, opened_at, maturity, value_minor, currency, recycle_count,
                             closed_at, outcome, outcome_reason, touch_id, assignment_id,
                             qualified_at, handed_at, accepted_at, opportunity_at, won_at, ended_at, stage_since)
          SELECT ${id('need', 'n')}, ${id('lead', 'n')}, stage, ${one('n', 14, ['greenhouse', 'vineyard'])},
                 CASE WHEN stage = 'qualified' THEN 'Seeded' END, at, ${one('n', 33, ['researching', 'evaluating', 'ready'])}::maturity,
                 CASE WHEN ${withSales} THEN 100000 + ${draw('n', 34, 900_000)} END, CASE WHEN ${withSales} THEN 'EUR' END,
                 CASE WHEN ${recycled} THEN 1 ELSE 0 END, CASE WHEN ${closed} THEN at + interval '60 days' END,
                 CASE stage WHEN 'customer' THEN 'won' WHEN 'no-need' THEN 'no-need' END,
                 CASE WHEN stage IN ('no-need', 'disqualified') THEN ${one('n', 35, ['price', 'bought-elsewhere', 'spam'])} END,
                 ${id('tch', 'n')}, CASE WHEN ${withSales} OR ${recycled} THEN ${id('asg', 'n')} END,
                 CASE WHEN ${withSales} THEN at + interval '7 days' WHEN stage = 'qualified' THEN at + interval '60 days' END,
                 CASE WHEN ${withSales} THEN at + interval '7 days' END, CASE WHEN ${accepted} THEN at + interval '8 days' END,
                 CASE WHEN ${accepted} THEN at + interval '15 days' END, CASE WHEN stage = 'customer' THEN at + interval '60 days' END,
                 CASE WHEN stage IN ('no-need', 'disqualified') THEN at + interval '60 days' END,
                 at + CASE stage WHEN 'new' THEN '0' WHEN 'nurturing' THEN '1 day' WHEN 'assigned' THEN '7 days' WHEN 'opportunity' THEN '15 days'
                   ELSE '60 days' END::interval FROM rows),
        touched AS (
          INSERT INTO touches (id, lead_id, need_id, is_first, source, campaign, campaign_id, how, occurred_at, handled_at)
          SELECT ${id('tch', 'n')}, ${id('lead', 'n')}, ${id('need', 'n')}, true, ${one('n', 4, SOURCES)}, 'campaign-' || ${campaign},
                 'cmp-bench-' || ${campaign}, 'form', at, at
          FROM rows),
        enrolled AS (
          INSERT INTO enrollments (id, lead_id, need_id, cadence, revision_id, status, via, step_id, due_at, stepped_at, started_at, ended_at)
          SELECT ${id('enr', 'n')}, ${id('lead', 'n')}, ${id('need', 'n')}, r.cadence, r.id,
                 CASE WHEN stage = 'nurturing' THEN 'active' ELSE 'ended' END::enrollment_status, 'trigger', 'second',
                 now() + interval '20 days', now() - make_interval(secs => ${draw('n', 31, STEPPED_WITHIN_S)}), at,
                 CASE WHEN stage <> 'nurturing' THEN at END
          FROM rows JOIN LATERAL (SELECT id, cadence FROM cadence_revisions
            WHERE cadence = CASE WHEN n % ${cadences} = 0 THEN 'steps' ELSE 'others' END LIMIT 1) r ON true),
        handed AS (
          INSERT INTO assignments (id, lead_id, need_id, rep_id, team, rule, playbook_revision, status, reason, offered_at, due_at, told_at, decided_at,
                                   offer_decided_at, next_step_at, closed_at, created_at)
          SELECT ${id('asg', 'n')}, ${id('lead', 'n')}, ${id('need', 'n')}, ${one('n', 3, repIds)},
                 ${one('n', 15, ['europe', 'americas'])}, 'everyone-else', 1,
                 CASE WHEN stage = 'assigned' THEN 'offered' WHEN ${withSales} THEN 'accepted' ELSE 'rejected' END::assignment_status,
                 CASE WHEN NOT (${withSales}) THEN ${one('n', 36, ['too-early', 'price', 'no-budget'])} END, at, now() + interval '20 days', at, CASE WHEN stage <> 'assigned' THEN at + interval '1 hour' END,
                 CASE WHEN stage <> 'assigned' THEN at + interval '1 hour' END,
                 CASE WHEN stage = 'opportunity' AND n % 3 > 0 THEN now() + make_interval(hours => ${draw('n', 32, 400)} - 100) END,
                 CASE WHEN stage = 'customer' THEN at + interval '60 days' END, at
          FROM rows WHERE ${withSales} OR ${recycled})
        INSERT INTO consents (id, lead_id, granted, text, source, occurred_at)
        SELECT ${id('cns', 'n')}, ${id('lead', 'n')}, true, 'Send me mail', 'form', at FROM rows`,
    );
    const came = ago('n', 13);
    const later = (days: number): string => `${came} + make_interval(days => ${days})`;
    await fill(
      'stage changes',
      leads,
      (from, to) => `
        INSERT INTO stage_changes (lead_id, need_id, from_stage, to_stage, because, actor, occurred_at)
        SELECT ${id('lead', 'n')}, ${id('need', 'n')}, NULL, step.stage, 'Seeded', 'system', step.at
        FROM (SELECT n, ${stage} AS stage FROM generate_series(${from}, ${to}) n) rows
        CROSS JOIN LATERAL (VALUES ('new', ${came}, TRUE), ('nurturing', ${later(1)}, rows.stage <> 'new'),
          ('assigned', ${later(7)}, rows.stage IN ('assigned', 'opportunity', 'customer')),
          ('accepted', ${later(8)}, rows.stage IN ('opportunity', 'customer')), ('opportunity', ${later(15)}, rows.stage IN ('opportunity', 'customer')),
          (rows.stage, ${later(60)}, rows.stage IN ('customer', 'no-need', 'disqualified', 'dormant', 'qualified'))) AS step(stage, at, did)
        WHERE step.did`,
    );
    // One lead in a hundred is busy: these have a tenth of all events.
    const busy = Math.max(1, Math.floor(leads / 100));
    const leadOf = (n: string, salt: number): string =>
      id(
        'lead',
        `CASE WHEN ${draw(n, salt, 10)} = 0 THEN 100 * (1 + ${draw(n, salt + 1, busy)}) ELSE 1 + ${draw(n, salt + 1, leads)} END`,
      );
    // As they come in: in the order of time, so that a period is found by a BRIN index.
    const happened = (n: string): string =>
      `now() - make_interval(secs => ${DAYS * 86_400} * (1 - ${n} / ${events}::float8))`;
    const type = one('n', 22, [
      ...Array<string>(80).fill('email.opened'),
      ...Array<string>(9).fill('page.viewed'),
      'webinar.attended',
      ...Array<string>(10).fill('email.clicked'),
    ]);
    await fill(
      'events',
      events,
      (from, to) => `
        INSERT INTO events (id, bare_id, lead_id, type, properties, send_id, occurred_at)
        SELECT ${id('evt', 'n')}, false, ${leadOf('n', 20)}, ${type}, '{"path": "/products/1", "webinar": "campaign-1"}',
               CASE WHEN n % 4 > 0 THEN ${id('send', `1 + ${draw('n', 23, 2 * leads)}`)} END, ${happened('n')}
        FROM generate_series(${from}, ${to}) n`,
    );
    await fill(
      'score ledger',
      Math.floor(events / 4),
      (from, to) => `
        INSERT INTO score_ledger (lead_id, event_id, rule, points, before, after, occurred_at)
        SELECT ${leadOf('4 * n', 20)}, ${id('evt', '4 * n')}, ${one('n', 25, ['opened', 'clicked', 'looked-around'])}, 1, 5, 6, ${happened('4 * n')}
        FROM generate_series(${from}, ${to}) n`,
    );
    await fill(
      'sends',
      2 * leads,
      (from, to) => `
        INSERT INTO sends (id, key, lead_id, enrollment_id, step_id, template_key, status, attempt, occurred_at, sent_at, recorded_at)
        SELECT ${id('send', 'n')}, 'list:' || n, ${id('lead', 'lead')}, ${id('enr', 'lead')}, 'first', 'ebook-welcome',
               CASE WHEN n % 5000 = 0 THEN 'in_doubt' ELSE 'sent' END::send_status, 'seeded', ${ago('n', 27)}, now(), ${ago('n', 27)}
        FROM (SELECT n, 1 + ${draw('n', 26, leads)} AS lead FROM generate_series(${from}, ${to}) n) rows`,
    );
    // As the triggers write it, which do not fire here.
    await client.query(`
      UPDATE sends s SET reactions = e.reactions FROM (
        SELECT send_id, bit_or(reaction_of(type, machine, properties)) AS reactions FROM events
        WHERE send_id IS NOT NULL AND type <> 'email.opened' GROUP BY send_id) e
      WHERE s.id = e.send_id AND e.reactions <> 0`);
    await fill(
      'audit',
      3 * leads,
      (from, to) => `
        INSERT INTO audit (id, lead_id, actor, action, data, occurred_at)
        SELECT ${id('aud', 'n')}, ${id('lead', 'lead')}, 'system',
               CASE WHEN n % 20 = 0 AND ${stageOf('lead')} = 'disqualified' THEN 'request.recorded'
                    ELSE ${one('n', 29, ['stage.changed', 'step.performed', 'step.performed'])} END,
               '{"from": "new", "to": "nurturing", "kind": "wait", "because": "seeded"}', ${ago('n', 30)}
        FROM (SELECT n, 1 + ${draw('n', 28, leads)} AS lead FROM generate_series(${from}, ${to}) n) rows`,
    );
    await seedSales(client, fill, { leads, stageOf, campaigns: CAMPAIGNS });
    for (const definition of indexes) {
      await client.query(definition);
      say(`  ${/INDEX (\S+)/.exec(definition)?.[1] ?? 'index'}, ${seconds(since)}`);
    }
    await client.query('VACUUM (ANALYZE)');
    say(`  ${leads.toLocaleString('en')} leads, ${events.toLocaleString('en')} events, ${seconds(since)}`);
  } finally {
    // These connections are destroyed, because their settings must not be reused.
    for (const writer of clients) writer.release(true);
    await db.query('ALTER SYSTEM RESET max_wal_size');
    await db.query('SELECT pg_reload_conf()');
  }
}

/** Returns the statements that build them again. */
async function dropIndexes(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
     WHERE t.relname = ANY($1) AND t.relnamespace = 'public'::regnamespace AND NOT i.indisprimary`,
    [LARGE],
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition);
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(0)} s`;
}
