/** What reports read beside the rows of `lists`: campaigns and their costs, arms of a split, what made leads ready, and what reps did. */
import type pg from 'pg';
import { HIGH_INTENT } from '../src/domain/qualification.ts';
import { ago, draw, id, one } from './seed-sql.ts';

/** Fills a table by slices. `insert` gets the first and the last number of a slice. */
export type Fill = (what: string, rows: number, insert: (from: number, to: number) => string) => Promise<void>;

interface Sales {
  leads: number;
  /** SQL: the stage of a lead by its number. */
  stageOf: (n: string) => string;
  campaigns: number;
}

export async function seedSales(
  client: pg.ClientBase,
  fill: Fill,
  { leads, stageOf, campaigns }: Sales,
): Promise<void> {
  await client.query(`
    WITH made AS (
      INSERT INTO campaigns (id, key, name, type, channel, product_line)
      SELECT 'cmp-bench-' || n, 'campaign-' || n, 'Campaign ' || n, CASE WHEN n % 2 = 0 THEN 'webinar' ELSE 'ad' END,
             CASE WHEN n % 2 = 0 THEN 'events' ELSE 'search' END, CASE WHEN n % 3 = 0 THEN 'vineyard' ELSE 'greenhouse' END
      FROM generate_series(0, ${campaigns} - 1) n RETURNING id)
    INSERT INTO campaign_costs (campaign_id, place, day, cost_minor)
    SELECT made.id, place, current_date - 30 * place, 100000 FROM made CROSS JOIN generate_series(0, 11) place`);
  await fill(
    'arms of a split',
    leads,
    (from, to) => `
      INSERT INTO split_arms (enrollment_id, step_id, lead_id, cadence, arm, occurred_at)
      SELECT ${id('enr', 'n')}, 'split', ${id('lead', 'n')}, 'steps', ${one('n', 41, ['a', 'b', 'holdout'])}, ${ago('n', 13)} + interval '1 day'
      FROM generate_series(${from}, ${to}) n WHERE ${draw('n', 40, 4)} = 0`,
  );
  await fill(
    'what made leads ready, what reps did',
    leads,
    (from, to) => `
      WITH rows AS MATERIALIZED (
        SELECT n, ${ago('n', 13)} + interval '7 days' AS at FROM generate_series(${from}, ${to}) n
        WHERE ${stageOf('n')} IN ('assigned', 'opportunity', 'customer')),
      ready AS (
        INSERT INTO audit (id, lead_id, actor, action, data, occurred_at)
        SELECT ${id('aud', 'n + 100000000')}, ${id('lead', 'n')}, 'system', 'lead.qualified',
               jsonb_build_object('because', ${one('n', 42, ['by score', HIGH_INTENT])}, 'by', 'demo.requested', 'playbook', 1), at FROM rows)
      INSERT INTO rep_activities (id, lead_id, need_id, rep_id, actor, kind, result, occurred_at)
      SELECT ${id('act', 'n')}, ${id('lead', 'n')}, ${id('need', 'n')}, 'rep-bench-' || 1 + ${draw('n', 43, 100)}, 'system', 'call', 'reached', at
      FROM rows`,
  );
}
