import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { activitiesOf, activitySql } from './activities.ts';
import { type Grouped, inGroup, rowsOf } from './grouped.ts';
import { unratedNotes } from './money.ts';
import type { Asked, Column, Report, Section } from './report.ts';
import { ORDERS, type Sale, saleOfNeeds } from './sales.ts';
import { withTurns } from './turns.ts';

/** Days in which the weight of a touch halves, counted back from the sale. */
const HALF_LIFE_DAYS = 7;

/**
 * How much of a sale each of its touches gets, by the touch's place (`i` of `n`, in the order of time) and the days before the sale.
 * The weights of a sale need no sum of their own: they are shared out.
 */
const MODELS = {
  first: {
    title: 'First touch',
    definition: 'All of it to the first touch.',
    weight: 'CASE WHEN i = 1 THEN 1 ELSE 0 END',
  },
  last: {
    title: 'Last touch',
    definition: 'All of it to the last touch before the sale.',
    weight: 'CASE WHEN i = n THEN 1 ELSE 0 END',
  },
  linear: { title: 'Linear', definition: 'Each touch the same.', weight: '1' },
  position: {
    title: 'Position',
    definition: '40% to the first, 40% to the last, the rest to those between; with two touches half each.',
    weight: 'CASE WHEN n <= 2 THEN 1 WHEN i = 1 OR i = n THEN 0.4 ELSE 0.2 / (n - 2) END',
  },
  decay: {
    title: 'Time decay',
    definition: `The nearer to the sale, the more: half as much for each ${HALF_LIFE_DAYS} days before.`,
    weight: `greatest(power(0.5::float8, least(days / ${HALF_LIFE_DAYS}, 200)), 1e-60::float8)`,
  },
} as const;
type Model = keyof typeof MODELS;
const KEYS = Object.keys(MODELS) as Model[];

/** By what touches are told apart: columns of the touch. An activity has its event as the source. */
const OF_TOUCH = {
  campaign: 'coalesce(cm.key, h.campaign)',
  campaignType: 'cm.type',
  source: 'h.source',
  medium: 'h.medium',
  channel: 'coalesce(h.channel, cm.channel)',
} as const;
type TouchDimension = keyof typeof OF_TOUCH;

const SALES: readonly Sale[] = [
  saleOfNeeds('won', 'Won needs', 'turn.won_at'),
  saleOfNeeds('opportunities', 'Opportunities', 'turn.opportunity_at'),
  ORDERS,
];

/** Which touches are behind the other figures, by their keys: of money, those that get a part of it. */
const WHO: Readonly<Record<string, Prisma.Sql>> = {
  touches: Prisma.sql`(placed.touch IS NOT NULL AND NOT placed.is_activity)`,
  activities: Prisma.sql`placed.is_activity`,
  ...Object.fromEntries(
    KEYS.map((model) => [model, Prisma.sql`(placed.value > 0 AND (${Prisma.raw(MODELS[model].weight)}) > 0)`]),
  ),
};

export const ATTRIBUTION: Report = {
  key: 'attribution',
  title: 'Attribution',
  question: 'Which touches and activities earn the money, by each way of sharing it out?',
  by: ['campaign', 'campaignType', 'source', 'medium', 'channel'],
  parts: [
    (tx, asked) => shared(tx, asked, 'won'),
    (tx, asked) => shared(tx, asked, 'opportunities'),
    (tx, asked) => shared(tx, asked, 'orders'),
  ],
  leads: (asked, figure, group) => {
    const [key = '', of] = figure.split('|');
    const one = SALES.find((sale) => sale.key === of);
    const ofGroup = inGroup(Prisma.sql`placed.grp`, group);
    if (one === undefined) return null;
    // One with several touches of a group is one sale.
    if (key === 'sales')
      return Prisma.sql`${placed(asked, one)} SELECT DISTINCT ON (placed.id) placed.lead_id FROM placed WHERE ${ofGroup}`;
    const who = Object.hasOwn(WHO, key) ? WHO[key] : undefined;
    return who === undefined
      ? null
      : Prisma.sql`${placed(asked, one)} SELECT placed.lead_id FROM placed WHERE ${ofGroup} AND ${who}`;
  },
};

/**
 * The touches and activities of each sale up to it, in the order of time; a sale without any has one of which nothing is known.
 * @param isMany They are joined to all sales at once, and not looked up for each
 */
function placed(asked: Asked, { sales, touchBelongs, activityBelongs }: Sale, isMany = false): Prisma.Sql {
  const lookedUp = isMany ? Prisma.empty : Prisma.sql`OFFSET 0`;
  return Prisma.sql`${withTurns(asked)},
    sales AS (${sales(asked)}),
    touched AS (
      SELECT sale.id AS sale, t.id, t.occurred_at, t.source, t.medium, t.channel, t.campaign, t.campaign_id, FALSE AS is_activity
      FROM sales sale CROSS JOIN LATERAL (SELECT * FROM touches t WHERE t.lead_id = sale.lead_id ${lookedUp}) t
      WHERE t.occurred_at <= sale.at AND ${touchBelongs}
      ${activitiesBefore(asked, activityBelongs, lookedUp)}),
    placed AS (
      SELECT sale.id, sale.lead_id, coalesce(sale.value, 0) AS value, sale.is_unrated, ${Prisma.raw(OF_TOUCH[asked.by as TouchDimension])} AS grp,
        row_number() OVER upto AS i, count(*) OVER (PARTITION BY sale.id) AS n, h.occurred_at AS at, h.id AS touch, h.is_activity,
        extract(epoch FROM sale.at - h.occurred_at)::float8 / 86400 AS days
      FROM sales sale LEFT JOIN touched h ON h.sale = sale.id
      LEFT JOIN campaigns cm ON cm.id = h.campaign_id
      WINDOW upto AS (PARTITION BY sale.id ORDER BY h.occurred_at, h.id))`;
}

/** The same of activities. */
function activitiesBefore({ playbook }: Asked, belongs: Prisma.Sql, lookedUp: Prisma.Sql): Prisma.Sql {
  const types = activitiesOf(playbook, ['attended', 'downloaded']);
  if (types.length === 0) return Prisma.empty;
  const { isOne, campaign } = activitySql(types, playbook);
  return Prisma.sql`UNION ALL
    SELECT done.sale, done.id, done.occurred_at, done.type, 'activity', NULL, done.campaign, cm.id, TRUE
    FROM (SELECT sale.id AS sale, e.id, e.occurred_at, e.type, ${campaign} AS campaign
      FROM sales sale CROSS JOIN LATERAL (SELECT * FROM events e WHERE e.lead_id = sale.lead_id AND ${isOne} ${lookedUp}) e
      WHERE e.occurred_at <= sale.at AND ${belongs}) done
    LEFT JOIN campaigns cm ON lower(cm.key) = lower(done.campaign)`;
}

/** Of so many sales it is faster to read all touches and activities than to look up those of each. */
const MANY = 25_000;

/** Each sale is shared out in whole minor units: a touch gets the difference of two rounded running sums, so that the parts are the whole. */
async function shared(tx: Tx, asked: Asked, key: Sale['key']): Promise<Section> {
  const sale = SALES.find((one) => one.key === key);
  if (sale === undefined) throw new TypeError(`Sales named ${key} are not listed`);
  const { title, counts } = sale;
  const weights = KEYS.map(
    (model) => Prisma.sql`(${Prisma.raw(MODELS[model].weight)})::numeric AS ${Prisma.raw(`w_${model}`)}`,
  );
  const parts = KEYS.map((model) => {
    const w = Prisma.raw(`w_${model}`);
    return Prisma.sql`round(value * sum(${w}) OVER upto / sum(${w}) OVER whole)
      - round(value * (sum(${w}) OVER upto - ${w}) / sum(${w}) OVER whole) AS ${Prisma.raw(`"${model}"`)}`;
  });
  const sums = KEYS.map((model) => Prisma.sql`sum(${Prisma.raw(`"${model}"`)})::float8 AS ${Prisma.raw(`"${model}"`)}`);
  const [count] = await planned<{ sales: number }>(
    tx,
    Prisma.sql`${withTurns(asked)} SELECT count(*)::int AS sales FROM (${sale.sales(asked)}) sale`,
  );
  const rows = await planned<Grouped & { unrated: number }>(
    tx,
    Prisma.sql`${placed(asked, sale, (count?.sales ?? 0) > MANY)},
      weighed AS (SELECT placed.*, ${Prisma.join(weights)} FROM placed WHERE n > 1),
      parts AS (
        SELECT id, grp, touch, is_activity, is_unrated, ${Prisma.join(parts)} FROM weighed
        WINDOW whole AS (PARTITION BY id), upto AS (PARTITION BY id ORDER BY i ROWS UNBOUNDED PRECEDING)
        -- The only touch of a sale gets all of it.
        UNION ALL SELECT id, grp, touch, is_activity, is_unrated, ${Prisma.join(KEYS.map(() => Prisma.sql`value::numeric`))} FROM placed WHERE n = 1)
      SELECT grouping(grp)::int AS "isTotal", grp AS group, count(touch) FILTER (WHERE NOT is_activity)::float8 AS touches,
        count(touch) FILTER (WHERE is_activity)::float8 AS activities, count(DISTINCT id)::float8 AS sales, count(DISTINCT id) FILTER (WHERE is_unrated)::int AS unrated, ${Prisma.join(sums)}
      FROM parts GROUP BY GROUPING SETS ((grp), ()) ORDER BY 1, "linear" DESC, 2`,
  );
  return {
    key,
    title,
    columns: [
      {
        key: 'group',
        title: 'Touch',
        unit: 'text',
        definition: 'What the touches before the sale are told apart by.',
      },
      {
        key: 'sales',
        title,
        unit: 'count',
        definition: counts,
        hasLeads: true,
      },
      {
        key: 'touches',
        title: 'Touches',
        unit: 'count',
        definition: 'Contacts before the sale that share in its money.',
        hasLeads: true,
      },
      {
        key: 'activities',
        title: 'Activities',
        unit: 'count',
        definition:
          'What people attended and downloaded, as events.yaml names it. Each shares in the money like a touch.',
        hasLeads: true,
      },
      ...KEYS.map((model): Column => ({
        key: model,
        title: MODELS[model].title,
        unit: 'money',
        definition: MODELS[model].definition,
        hasLeads: true,
      })),
    ],
    ...rowsOf(
      rows.map(({ unrated: _unrated, ...row }) => row as Grouped),
      () => ({ rowKey: key }),
    ),
    chart: { kind: 'bars', columns: ['first', 'linear', 'last'] },
    notes: [...sale.notes, ...unratedNotes(rows.find(({ isTotal }) => isTotal === 1)?.unrated ?? 0, asked.playbook)],
  };
}
