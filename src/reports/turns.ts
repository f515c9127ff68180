/**
 * The turns of leads' lives: a row for each need, with where it came from, who the lead is, who had it, and when it first came to each stage.
 * Most reports count turns.
 */
import { segmentConditions } from '../domain/segment.ts';
import { leadInScope } from '../store/access/scope.ts';
import { conditionSql } from '../store/conditions/to-sql.ts';
import { Prisma } from '../store/generated/client.ts';
import { dimensionOf, FILTER_KEYS, SIZE_BAND } from './dimensions.ts';
import { moneySql } from './money.ts';
import type { Asked } from './report.ts';

/** When the need first came to the stage, or to one that follows from it. */
const reached = (column: string, ...stages: readonly string[]): Prisma.Sql =>
  Prisma.raw(
    `min(c.occurred_at) FILTER (WHERE c.to_stage IN (${stages.map((stage) => `'${stage}'`).join(', ')})) AS ${column}`,
  );

const REACHED = Prisma.join([
  reached('nurtured_at', 'nurturing'),
  // A referral that enters with sales was ready without the rules.
  reached('qualified_at', 'qualified', 'qualifying', 'assigned', 'accepted', 'opportunity', 'customer'),
  reached('handed_at', 'assigned', 'accepted', 'opportunity', 'customer'),
  reached('accepted_at', 'accepted', 'opportunity', 'customer'),
  reached('opportunity_at', 'opportunity', 'customer'),
  reached('won_at', 'customer'),
  reached('ended_at', 'no-need', 'disqualified'),
]);

/** `WITH turns AS (…)`: the turns that began in the period, of leads in scope, as the filters ask; each as `turn`. */
export function withTurns(asked: Asked): Prisma.Sql {
  const { since, until, playbook, scope, filters, zone } = asked;
  const narrowed = FILTER_KEYS.flatMap((key) => {
    const value = filters[key];
    return value === undefined ? [] : [Prisma.sql`${dimensionOf(key).sql(zone)} = ${value}`];
  });
  return Prisma.sql`WITH turns AS MATERIALIZED (
    SELECT turn.* FROM (
      SELECT need.id, need.lead_id, need.opened_at, need.closed_at, need.stage, need.type AS need_type, need.product_line, need.maturity::text AS maturity,
        ${moneySql('need.value_minor', 'need.currency', playbook)} AS value, need.value_minor IS NOT NULL AS has_value, need.recycle_count, need.funnel_stage,
        need.outcome_reason, need.owner_id, h.source, h.medium, coalesce(cm.key, h.campaign) AS campaign, cm.type AS campaign_type,
        coalesce(h.channel, cm.channel) AS channel, l.industry, l.country, ${SIZE_BAND} AS company_size,
        l.job_title, l.fit_grade::text AS fit_grade, l.value_tier, a.team, r.name AS rep, s.*
      FROM needs need JOIN leads l ON l.id = need.lead_id
      LEFT JOIN LATERAL (
        SELECT source, medium, campaign, channel, campaign_id FROM touches WHERE touches.lead_id = need.lead_id
        ORDER BY touches.need_id = need.id DESC NULLS LAST, touches.occurred_at LIMIT 1) h ON TRUE
      LEFT JOIN campaigns cm ON cm.id = h.campaign_id
      LEFT JOIN LATERAL (
        SELECT ${REACHED} FROM stage_changes c WHERE c.lead_id = need.lead_id AND c.need_id = need.id) s ON TRUE
      LEFT JOIN LATERAL (
        SELECT team, rep_id FROM assignments WHERE need_id = need.id ORDER BY created_at DESC, id DESC LIMIT 1) a ON TRUE
      LEFT JOIN reps r ON r.id = a.rep_id
      WHERE need.opened_at >= ${since} AND need.opened_at < ${until} AND ${inSegment(asked)}) turn
    WHERE ${leadInScope(scope, 'turn.lead_id')} ${narrowed.length === 0 ? Prisma.empty : Prisma.sql`AND ${Prisma.join(narrowed, ' AND ')}`})`;
}

function inSegment({ segment, playbook, realNowMs }: Asked): Prisma.Sql {
  if (segment === null) return Prisma.sql`TRUE`;
  const moment = { atMs: realNowMs, clock: 'lead', fading: playbook.scoring } as const;
  const { joins, truth } = conditionSql(segment.when, moment, segmentConditions(playbook.segments));
  return Prisma.sql`need.lead_id IN (SELECT l.id FROM leads l ${joins} WHERE ${truth})`;
}

/** The same for everybody up to the end of the period, whenever they came in. */
export function ofAllTime(asked: Asked): Asked {
  return { ...asked, since: new Date(0) };
}
