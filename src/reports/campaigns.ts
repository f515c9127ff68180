import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { ATTENDANCE_COLUMNS, attendanceOf, leadsWhoTookPart } from './attendance.ts';
import { campaignRecords, leadsOfRecord } from './campaign-records.ts';
import { groupColumn, type Grouped, inGroup } from './grouped.ts';
import { COST_CURRENCY, moneySql, roiOf } from './money.ts';
import { ofCampaign } from './of-campaign.ts';
import { counted, type Figure, groupsOf, leadsBehind, reached, sectionOf, valueOf } from './of-turns.ts';
import { dayOf } from './periods.ts';
import { type Asked, type Cell, type Column, COUNTS_NEEDS, type Report, type Row, type Section } from './report.ts';
import { withTurns } from './turns.ts';

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
    definition: 'What campaigns.yaml and the API say that it cost in the period.',
    hasLeads: true,
  },
  {
    key: 'paidLeads',
    title: 'Leads',
    unit: 'count',
    definition:
      'Needs that came in within the period by the campaigns whose cost in the period is known, whatever their own product line or channel is.',
    hasLeads: true,
  },
  { key: 'paidWon', title: 'Won', unit: 'count', definition: 'Of these, customers by now.', hasLeads: true },
  {
    key: 'paidValue',
    title: 'Won value',
    unit: 'money',
    definition: 'What these won needs are worth.',
    hasLeads: true,
  },
  { key: 'perLead', title: 'Per lead', unit: 'money', definition: 'Cost for each of these leads.', hasLeads: true },
  {
    key: 'perQualified',
    title: 'Per qualified',
    unit: 'money',
    definition: 'Cost for each of these leads that became ready for sales.',
    hasLeads: true,
  },
  {
    key: 'perAccepted',
    title: 'Per accepted',
    unit: 'money',
    definition: 'Cost for each of these leads that a rep took.',
    hasLeads: true,
  },
  { key: 'perWon', title: 'Per customer', unit: 'money', definition: 'Cost for each of these won.', hasLeads: true },
  {
    key: 'roi',
    title: 'ROI',
    unit: 'share',
    definition: 'Won value of the row less the cost, as a share of the cost.',
    hasLeads: true,
  },
];

export const CAMPAIGNS: Report = {
  key: 'campaigns',
  title: 'Channels and campaigns',
  question: 'What does each campaign and channel bring, and what does it cost?',
  counts: COUNTS_NEEDS,
  by: ['campaign', 'campaignType', 'channel', 'productLine', 'source', 'medium'],
  parts: [campaigns, costsBeside, campaignRecords],
  leads: (asked, figure, group) =>
    leadsBehind(asked, FIGURES, figure, group) ??
    leadsOfCost(asked, figure, group) ??
    leadsWhoTookPart(asked, figure, group) ??
    leadsOfRecord(asked, figure),
};

/** The counts that a cost is set beside. */
const MADE_OF: ReadonlyMap<string, string> = new Map([
  ['cost', 'leads'],
  ['paidLeads', 'leads'],
  ['paidWon', 'won'],
  ['paidValue', 'won'],
  ['perLead', 'leads'],
  ['perQualified', 'qualified'],
  ['perAccepted', 'accepted'],
  ['perWon', 'won'],
  ['roi', 'won'],
]);

/** What each group cost in the period, in minor units; empty where costs cannot be told. */
export async function costsByGroup(tx: Tx, asked: Asked): Promise<ReadonlyMap<string | null, number>> {
  const costs = await costsOf(tx, asked);
  return new Map([...(costs?.byGroup ?? [])].map(([group, { cost }]) => [group, cost]));
}

async function campaigns(tx: Tx, asked: Asked): Promise<Section> {
  const leads = await sectionOf(tx, asked, {
    key: 'campaigns',
    title: 'Leads and money',
    figures: FIGURES,
    drawn: ['leads', 'accepted', 'won'],
  });
  const all = withAttendance(leads, await attendanceOf(tx, asked));
  return { ...all, rows: all.rows.filter(isSomething) };
}

/** A table of its own: its leads are those of campaigns with a cost, and may be in other rows of the table before. */
async function costsBeside(tx: Tx, asked: Asked): Promise<Section> {
  const costs = await costsOf(tx, asked);
  return {
    key: 'costs',
    title: 'Cost, and what came of it',
    columns: [groupColumn(asked.by), ...COST_COLUMNS],
    rows: [...(costs?.byGroup ?? [])]
      .toSorted(([, one], [, other]) => other.cost - one.cost)
      .map(([group, paid]) => costRow(group, group, paid)),
    ...(costs?.total && { total: costRow('All', undefined, costs.total) }),
    notes: [
      costs === null
        ? 'Costs are known of campaigns alone: choose the campaign, its type, channel or product line, and no other filter.'
        : 'Cost and leads are both those of the period. Where a campaign spent or brought leads outside of it as well, its cost and ROI as a whole stand in “Campaigns in words”.',
    ],
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

/** What is not known of nobody is no row. */
function isSomething({ group, cells }: Row): boolean {
  return group !== null || Object.values(cells).some((cell) => typeof cell === 'number' && cell !== 0);
}

/** The rows, and one for each of the groups that brought no lead in the period. */
function withSilent(rows: readonly Row[], groups: Iterable<string | null>): Row[] {
  const known = new Set(rows.map(({ group }) => group));
  const silent = [...groups].filter((group) => !known.has(group));
  return [...rows, ...silent.map((group): Row => ({ group, cells: { group, ...NONE } }))];
}

const NONE = Object.fromEntries(FIGURES.map(({ key }) => [key, 0]));

/** What was spent, in minor units of the currency of reports, and what came of the needs that came in by it. */
interface Paid {
  cost: number;
  /** By the keys of FIGURES. */
  came: Readonly<Record<string, Cell>>;
}

interface Costs {
  byGroup: ReadonlyMap<string | null, Paid>;
  total: Paid | undefined;
}

/**
 * Costs by what campaigns say of themselves. Only needs that came in by a campaign whose cost is known are set beside a cost, and in the
 * row of that campaign: so the same money comes to the same for each, by whatever it is split. Null when costs cannot be told by it, or are
 * of all leads and not of some.
 */
async function costsOf(tx: Tx, asked: Asked): Promise<Costs | null> {
  const { playbook, scope } = asked;
  const of = ofCampaign(asked);
  if (scope.kind !== 'all' || of === null) return null;
  const costs = await planned<Grouped & { cost: number | null }>(
    tx,
    Prisma.sql`SELECT grouping(${of.by})::int AS "isTotal", ${of.by} AS group, sum(${moneySql('cc.cost_minor', COST_CURRENCY, playbook)})::float8 AS cost
      FROM campaign_costs cc JOIN campaigns cm ON cm.id = cc.campaign_id
      WHERE ${spentIn(asked)} AND ${of.only} GROUP BY GROUPING SETS ((${of.by}), ())`,
  );
  const came = await groupsOf(tx, asked, FIGURES, { ...of, from: fromPaid(asked) });
  const paid = costs.map(({ isTotal, group, cost }) => {
    const found = came.find((one) => one.isTotal === isTotal && one.group === group);
    return { isTotal, group, cost: cost ?? 0, came: found ?? {} };
  });
  const ofGroups = paid.filter(({ isTotal }) => isTotal === 0);
  return {
    byGroup: new Map(ofGroups.map((one) => [one.group, one])),
    total: ofGroups.length === 0 ? undefined : paid.find(({ isTotal }) => isTotal === 1),
  };
}

/** Whether a cost `cc` is of the period. */
function spentIn({ since, ends, zone }: Asked): Prisma.Sql {
  return Prisma.sql`cc.day >= ${dayOf(since, zone)}::date AND cc.day < ${dayOf(ends, zone)}::date`;
}

/** The turns that came in by campaigns `cm` whose cost in the period is known. */
function fromPaid(asked: Asked): Prisma.Sql {
  return Prisma.sql`turns turn JOIN campaigns cm ON cm.key = turn.campaign
    AND cm.id IN (SELECT cc.campaign_id FROM campaign_costs cc WHERE ${spentIn(asked)})`;
}

/** The leads behind a cost and what it is set beside. */
function leadsOfCost(asked: Asked, figure: string, group: string | null | undefined): Prisma.Sql | null {
  const made = MADE_OF.get(figure);
  const who = FIGURES.find(({ key }) => key === made)?.who;
  const of = ofCampaign(asked);
  if (who === undefined || of === null) return null;
  return Prisma.sql`${withTurns(asked)} SELECT turn.lead_id FROM ${fromPaid(asked)}
    WHERE ${who} AND ${of.only} AND ${inGroup(of.by, group)}`;
}

function costRow(name: string | null, group: string | null | undefined, { cost, came }: Paid): Row {
  const of = (key: string): number => Number(came[key] ?? 0);
  const per = (key: string): Cell => (of(key) === 0 ? null : Math.round(cost / of(key)));
  const cells = {
    group: name,
    cost,
    paidLeads: of('leads'),
    paidWon: of('won'),
    paidValue: of('value'),
    perLead: per('leads'),
    perQualified: per('qualified'),
    perAccepted: per('accepted'),
    perWon: per('won'),
    roi: roiOf(of('value'), cost),
  };
  return { cells, ...(group !== undefined && { group }) };
}
