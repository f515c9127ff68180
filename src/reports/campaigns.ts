import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { ATTENDANCE_COLUMNS, attendanceOf, leadsWhoTookPart } from './attendance.ts';
import { moneySql } from './money.ts';
import { ofCampaign } from './of-campaign.ts';
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
  {
    key: 'cost',
    title: 'Cost',
    unit: 'money',
    definition: 'What campaigns.yaml says that it cost in the period.',
    hasLeads: true,
  },
  {
    key: 'perLead',
    title: 'Per lead',
    unit: 'money',
    definition: 'Cost for each lead that came in. In the total: of those whose cost is known.',
    hasLeads: true,
  },
  { key: 'perQualified', title: 'Per qualified', unit: 'money', hasLeads: true },
  { key: 'perAccepted', title: 'Per accepted', unit: 'money', hasLeads: true },
  { key: 'perWon', title: 'Per customer', unit: 'money', hasLeads: true },
  {
    key: 'roi',
    title: 'ROI',
    unit: 'share',
    definition: 'Won value less cost, as a share of the cost.',
    hasLeads: true,
  },
];

export const CAMPAIGNS: Report = {
  key: 'campaigns',
  title: 'Channels and campaigns',
  question: 'What does each campaign and channel bring, and what does it cost?',
  by: ['campaign', 'campaignType', 'channel', 'productLine', 'source', 'medium'],
  parts: [campaigns],
  leads: (asked, figure, group) =>
    leadsBehind(asked, FIGURES, MADE_OF.get(figure) ?? figure, group) ?? leadsWhoTookPart(asked, figure, group),
};

/** What is set beside a cost has the leads of the count. */
const MADE_OF: ReadonlyMap<string, string> = new Map([
  ['cost', 'leads'],
  ['perLead', 'leads'],
  ['perQualified', 'qualified'],
  ['perAccepted', 'accepted'],
  ['perWon', 'won'],
  ['roi', 'won'],
]);

async function campaigns(tx: Tx, asked: Asked): Promise<Section> {
  const leads = await sectionOf(tx, asked, {
    key: 'campaigns',
    title: 'Leads, money and cost',
    figures: FIGURES,
    drawn: ['leads', 'accepted', 'won'],
  });
  return withAttendance(withCosts(leads, await costsBy(tx, asked)), await attendanceOf(tx, asked));
}

function withCosts(section: Section, costs: ReadonlyMap<string | null, number> | null): Section {
  if (costs === null)
    return {
      ...section,
      notes: [
        ...section.notes,
        'Costs are known of campaigns alone: choose the campaign, its type, channel or product line.',
      ],
    };
  const rows = withSilent(section.rows, costs.keys()).map((row) => withCost(row, costs.get(row.group ?? null)));
  return {
    ...section,
    columns: [...section.columns, ...COST_COLUMNS],
    rows,
    ...(section.total && { total: totalOf(section.total, rows) }),
  };
}

function withAttendance(section: Section, attendance: { rows: readonly Row[]; total?: Row } | null): Section {
  if (attendance === null) return section;
  const byGroup = new Map(attendance.rows.map((row) => [row.group ?? null, row]));
  const withPart = (row: Row, part: Row | undefined): Row => ({
    ...row,
    cells: {
      ...row.cells,
      ...Object.fromEntries(ATTENDANCE_COLUMNS.map(({ key }) => [key, part?.cells[key] ?? null])),
    },
  });
  return {
    ...section,
    columns: [...section.columns, ...ATTENDANCE_COLUMNS],
    rows: withSilent(section.rows, byGroup.keys()).map((row) => withPart(row, byGroup.get(row.group ?? null))),
    ...(section.total && { total: withPart(section.total, attendance.total) }),
  };
}

/** The rows, and one for each of the groups that brought no lead in the period. */
function withSilent(rows: readonly Row[], groups: Iterable<string | null>): Row[] {
  const known = new Set(rows.map(({ group }) => group));
  const silent = [...groups].filter((group) => !known.has(group));
  return [...rows, ...silent.map((group): Row => ({ group, cells: { group, ...NONE } }))];
}

const NONE = Object.fromEntries(FIGURES.map(({ key }) => [key, 0]));

/** Minor units of the currency of reports by the value of the dimension; null when costs cannot be told by it, or are of all leads and not of some. */
async function costsBy(tx: Tx, asked: Asked): Promise<Map<string | null, number> | null> {
  const { since, until, zone, playbook, scope } = asked;
  const of = ofCampaign(asked);
  if (scope.kind !== 'all' || of === null) return null;
  const rows = await planned<{ group: string | null; cost: number | null }>(
    tx,
    Prisma.sql`SELECT ${of.by} AS group, sum(${moneySql('cc.cost_minor', 'cm.currency', playbook)})::float8 AS cost
      FROM campaign_costs cc JOIN campaigns cm ON cm.id = cc.campaign_id
      WHERE cc.day >= ${dayOf(since, zone)}::date AND cc.day < ${dayOf(until, zone)}::date AND ${of.only}
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
    perAccepted: per('accepted'),
    perWon: per('won'),
    roi: cost === undefined || cost === 0 ? null : (figure('value') - cost) / cost,
  };
  return { ...row, cells };
}
