/**
 * The turns of leads' lives: a row for each need, with where it came from, who the lead is, who had it, and when it first came to each layer
 * of the funnel. Most reports count turns. What is looked up elsewhere is a LEFT JOIN by a unique key: PostgreSQL leaves out what a report
 * does not read.
 */
import { REGION_SQL } from '../domain/region.ts';
import { segmentConditions } from '../domain/segment.ts';
import { idInScope } from '../store/access/scope.ts';
import { conditionSql } from '../store/conditions/to-sql.ts';
import { Prisma } from '../store/generated/client.ts';
import { dimensionOf, FILTER_KEYS, SIZE_BAND } from './dimensions.ts';
import { moneySql } from './money.ts';
import type { Asked } from './report.ts';

/**
 * `WITH turns AS (…)`: the turns that began in the period, of leads in scope, as the filters ask; each as `turn`.
 * @param only.campaigns Keys: those that came in by one of them
 * @param only.lead Columns of the lead `l`, beside those that the turns have
 */
export function withTurns(
  asked: Asked,
  { campaigns, lead = Prisma.empty }: { campaigns?: readonly string[]; lead?: Prisma.Sql } = {},
): Prisma.Sql {
  const { since, until, playbook, filters, zone } = asked;
  const byCampaigns = [campaigns, filters.campaign === undefined ? undefined : [filters.campaign]];
  const narrowed = FILTER_KEYS.flatMap((key) => {
    const value = filters[key];
    return value === undefined || key === 'campaign' ? [] : [Prisma.sql`${dimensionOf(key).sql(zone)} = ${value}`];
  });
  // It is never put together whole: each that reads it reads what it needs.
  return Prisma.sql`WITH turns AS NOT MATERIALIZED (
    SELECT turn.* FROM (
      SELECT need.id, need.lead_id, need.opened_at, need.closed_at, need.stage, need.type AS need_type, need.product_line, need.maturity::text AS maturity,
        ${moneySql('need.value_minor', 'need.currency', playbook)} AS value, need.value_minor IS NOT NULL AS has_value, need.recycle_count,
        need.outcome_reason, need.funnel_stage, need.qualified_at, need.handed_at, need.accepted_at, need.opportunity_at, need.won_at, need.ended_at,
        coalesce(need.stage_since, need.opened_at) AS stage_since,
        h.source, h.medium, coalesce(cm.key, h.campaign) AS campaign, cm.type AS campaign_type,
        coalesce(h.channel, cm.channel) AS channel, l.industry, l.country, ${SIZE_BAND} AS company_size,
        ${regionSql(asked)} AS region, l.job_title, l.fit_grade::text AS fit_grade, l.value_tier, a.team, r.name AS rep ${lead}
      FROM needs need
      LEFT JOIN leads l ON l.id = need.lead_id
      LEFT JOIN touches h ON h.id = need.touch_id
      LEFT JOIN campaigns cm ON cm.id = h.campaign_id
      LEFT JOIN assignments a ON a.id = need.assignment_id
      LEFT JOIN reps r ON r.id = a.rep_id
      WHERE need.opened_at >= ${since} AND need.opened_at < ${until} AND ${inSegment(asked)} AND ${inReach(asked)}
        AND ${Prisma.join(byCampaigns.map(cameBy), ' AND ')}) turn
    WHERE ${narrowed.length === 0 ? Prisma.sql`TRUE` : Prisma.join(narrowed, ' AND ')})`;
}

/** Asked of the touch itself, so that those of a campaign are found by its index. */
function cameBy(campaigns: readonly string[] | undefined): Prisma.Sql {
  if (campaigns === undefined) return Prisma.sql`TRUE`;
  return Prisma.sql`(h.campaign_id = ANY(ARRAY(SELECT c.id FROM campaigns c WHERE c.key = ANY(${[...campaigns]})))
    OR (h.campaign_id IS NULL AND h.campaign = ANY(${[...campaigns]})))`;
}

function inReach({ scope, handedToo }: Asked): Prisma.Sql {
  const now = idInScope(scope, 'need.lead_id');
  if (handedToo === undefined || scope.kind === 'all') return now;
  return Prisma.sql`(${now} OR need.id IN (SELECT given.need_id FROM assignments given
    WHERE given.rep_id = ${scope.repId} OR given.team = ANY(${[...scope.teams]}::text[])))`;
}

/** Read from attributes, which may be large: only where it is asked for. */
function regionSql({ by, filters }: Asked): Prisma.Sql {
  return by === 'region' || filters.region !== undefined ? Prisma.raw(REGION_SQL) : Prisma.raw('NULL::text');
}

function inSegment({ segment, playbook, realNowMs }: Asked): Prisma.Sql {
  if (segment === null) return Prisma.sql`TRUE`;
  const moment = { atMs: realNowMs, clock: 'lead', fading: playbook.scoring } as const;
  const { joins, truth } = conditionSql(segment.when, moment, segmentConditions(playbook.segments));
  return Prisma.sql`need.lead_id IN (SELECT l.id FROM leads l ${joins} WHERE ${truth})`;
}

/**
 * Of the leads with more than one need, who are few: what is asked of one need beside the others is looked up for these alone. Read from an
 * index, once.
 */
export const CAME_TWICE = Prisma.sql`(SELECT n.lead_id FROM needs n GROUP BY n.lead_id HAVING count(*) > 1)`;

/**
 * Of rows with the id of a need, only those of `turns` of all time, for what they did up to the end of the period: of all rows with a need
 * where nothing narrows them, and no need is looked up then.
 */
export function joinTurns(asked: Asked, needId: string): Prisma.Sql {
  return isNarrowed(asked) ? Prisma.sql`JOIN turns turn ON turn.id = ${Prisma.raw(needId)}` : Prisma.empty;
}

/** Whether some leads are asked for, and not all. */
export function isNarrowed(asked: Asked): boolean {
  return asked.scope.kind !== 'all' || isOfSome(asked);
}

/** Whether it is asked for some leads, and not for all that whoever asks may see. */
export function isOfSome({ segment, filters }: Pick<Asked, 'segment' | 'filters'>): boolean {
  return segment !== null || Object.keys(filters).length > 0;
}

/** The same for everybody up to the end of the period, whenever they came in. */
export function ofAllTime(asked: Asked): Asked {
  return { ...asked, since: new Date(0) };
}
