/** Hand-offs with outcomes from which a readiness can be learned. */
import type { Db } from '../../src/store/db.ts';

/**
 * A hand-off a day since 2026-01-01. Leads of a partner are won four times of five, those of a fair one time of five; what they did tells
 * nothing. Of those that are not won one third is sent back, by the reason `too-early`.
 */
export async function writeOutcomes(db: Db, repId: string, handOffs: number): Promise<void> {
  await db.$executeRaw`
    WITH given AS (
      SELECT n, n % 2 = 0 AS partner, (n / 2) % 5 AS fifth, '2026-01-01'::timestamptz + n * interval '1 day' AS at
      FROM generate_series(1, ${handOffs}::int) n),
    facts AS (SELECT *, CASE WHEN partner THEN fifth > 0 ELSE fifth = 0 END AS won FROM given),
    led AS (
      INSERT INTO leads (id, email, stage, need_id, source, fit_grade, score_at, created_at, updated_at)
      SELECT 'lead-' || n, 'p@one-' || n || '.example', CASE WHEN won THEN 'customer' ELSE 'no-need' END, 'need-' || n,
        CASE WHEN partner THEN 'partner' ELSE 'fair' END, 'C', at, at, at FROM facts),
    needed AS (
      INSERT INTO needs (id, lead_id, stage, outcome, opened_at, closed_at)
      SELECT 'need-' || n, 'lead-' || n, CASE WHEN won THEN 'customer' ELSE 'no-need' END,
        CASE WHEN won THEN 'won' ELSE 'lost' END, at, at + interval '9 days' FROM facts)
    INSERT INTO assignments (id, lead_id, need_id, rep_id, team, rule, status, reason, offered_at, decided_at, created_at)
    SELECT 'asg-' || n, 'lead-' || n, 'need-' || n, ${repId}, 'north', 'the-rest',
      CASE WHEN won OR n % 3 > 0 THEN 'accepted' ELSE 'rejected' END::assignment_status,
      CASE WHEN won OR n % 3 > 0 THEN NULL ELSE 'too-early' END, at, at, at FROM facts`;
}
