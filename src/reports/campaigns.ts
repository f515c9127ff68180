import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import type { Dimension } from './dimensions.ts';
import { moneySql } from './money.ts';
import { counted, type Figure, leadsBehind, reached, sectionOf, valueOf } from './of-turns.ts';
import { dayOf } from './periods.ts';
import type { Asked, Cell, Column, Report, Row, Section } from './report.ts';

const FIGURES: readonly Figure[] = [
  counted('leads', 'Leads', 'Needs that came in by it.', Prisma.sql`TRUE`),
  counted('qualified', 'Qualified', 'Of these, ready for sales.', reached('qualified_at')),
  counted('accepted', 'Accepted', 'Of these, taken by a rep.', reached('accepted_at')),
  counted('won', 'Won', 'Of these, customers by now.', reached('won_at')),
  valueOf('value', 'Won value', 'What the won needs are worth.', reached('won_at')),
];

const COST_COLUMNS: readonly Column[] = [
  { key: 'cost', title: 'Cost', unit: 'money', definition: 'What campaigns.yaml says that it cost in the period.' },
  {
    key: 'perLead',
    title: 'Per lead',
    unit: 'money',
    definition: 'Cost for each lead that came in. In the total: of those whose cost is known.',
  },
  { key: 'perQualified', title: 'Per qualified', unit: 'money' },
  { key: 'perWon', title: 'Per customer', unit: 'money' },
  { key: 'roi', title: 'ROI', unit: 'share', definition: 'Won value less cost, as a share of the cost.' },
];

/** The dimensions that a campaign says of itself: only by them a cost can be told. */
const OF_CAMPAIGN: Readonly<Partial<Record<Dimension, string>>> = {
  campaign: 'cm.key',
  campaignType: 'cm.type',
  channel: 'cm.channel',
  productLine: 'cm.product_line',
};

export const CAMPAIGNS: Report = {
  key: 'campaigns',
  title: 'Channels and campaigns',
  question: 'What does each campaign and channel bring, and what does it cost?',
  by: ['campaign', 'campaignType', 'channel', 'productLine', 'source', 'medium'],
  parts: [withCosts],
  leads: (asked, figure, group) => leadsBehind(asked, FIGURES, figure, group),
};

async function withCosts(tx: Tx, asked: Asked): Promise<Section> {
  const section = await sectionOf(tx, asked, {
    key: 'campaigns',
    title: 'Leads, money and cost',
    figures: FIGURES,
    drawn: ['leads', 'accepted', 'won'],
  });
  const costs = await costsBy(tx, asked);
  if (costs === null)
    return {
      ...section,
      notes: [
        ...section.notes,
        'Costs are known of campaigns alone: choose the campaign, its type, channel or product line.',
      ],
    };
  const known = new Set(section.rows.map(({ group }) => group));
  const silent = [...costs]
    .filter(([group]) => !known.has(group))
    .map(([group]): Row => ({ group, cells: { group, ...NONE } }));
  const rows = [...section.rows, ...silent].map((row) => withCost(row, costs.get(row.group ?? null)));
  return {
    ...section,
    columns: [...section.columns, ...COST_COLUMNS],
    rows,
    ...(section.total && { total: totalOf(section.total, rows) }),
  };
}

const NONE = Object.fromEntries(FIGURES.map(({ key }) => [key, 0]));

/** Minor units of the currency of reports by the value of the dimension; null when costs cannot be told by it, or are of all leads and not of some. */
async function costsBy(tx: Tx, asked: Asked): Promise<Map<string | null, number> | null> {
  const column = OF_CAMPAIGN[asked.by];
  if (column === undefined) return null;
  const { since, until, zone, playbook, filters, scope, segment } = asked;
  const narrowed = Object.keys(filters) as Dimension[];
  if (scope.kind !== 'all' || segment !== null || narrowed.some((key) => OF_CAMPAIGN[key] === undefined)) return null;
  const only = narrowed.map((key) => Prisma.sql`AND ${Prisma.raw(OF_CAMPAIGN[key] ?? '')} = ${filters[key]}`);
  const rows = await planned<{ group: string | null; cost: number | null }>(
    tx,
    Prisma.sql`SELECT ${Prisma.raw(column)} AS group, sum(${moneySql('cc.cost_minor', 'cm.currency', playbook)})::float8 AS cost
      FROM campaign_costs cc JOIN campaigns cm ON cm.id = cc.campaign_id
      WHERE cc.day >= ${dayOf(since, zone)}::date AND cc.day < ${dayOf(until, zone)}::date ${only.length === 0 ? Prisma.empty : Prisma.join(only, ' ')}
      GROUP BY 1`,
  );
  return new Map(rows.map(({ group, cost }) => [group, cost ?? 0]));
}

/** What all cost is set beside what came of it: rows without a cost are in the counts, and not in what one costs. */
function totalOf(total: Row, rows: readonly Row[]): Row {
  const paid = rows.filter(({ cells }) => typeof cells['cost'] === 'number');
  const sum = (key: string): number => paid.reduce((all, { cells }) => all + Number(cells[key] ?? 0), 0);
  const ofPaid = withCost({ cells: Object.fromEntries(FIGURES.map(({ key }) => [key, sum(key)])) }, sum('cost'));
  const costs = Object.fromEntries(COST_COLUMNS.map(({ key }) => [key, ofPaid.cells[key] ?? null]));
  return { cells: { ...total.cells, ...costs } };
}

function withCost(row: Row, cost: number | undefined): Row {
  const figure = (key: string): number => Number(row.cells[key] ?? 0);
  const per = (key: string): Cell => (cost === undefined || figure(key) === 0 ? null : Math.round(cost / figure(key)));
  const cells = {
    ...row.cells,
    cost: cost ?? null,
    perLead: per('leads'),
    perQualified: per('qualified'),
    perWon: per('won'),
    roi: cost === undefined || cost === 0 ? null : (figure('value') - cost) / cost,
  };
  return { ...row, cells };
}
