/** Campaigns as campaigns.yaml and the API tell of them: what each is, its dates, materials and goal, how much of its goal and budget is reached, who came. */
import type { Campaign } from '../domain/campaign.ts';
import { headsOf, ratingOf } from '../domain/campaign-counts.ts';
import { countOf } from '../domain/count-of.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { COST_CURRENCY, moneySql, roiOf } from './money.ts';
import { campaignsAskedFor } from './of-campaign.ts';
import { dayOf } from './periods.ts';
import type { Asked, Row, Section } from './report.ts';
import { ofAllTime, withTurns } from './turns.ts';
import { dayInWords } from './words.ts';

/** Which needs of a campaign are behind a figure, by its key. */
const WHO: Readonly<Record<string, Prisma.Sql>> = {
  leads: Prisma.sql`TRUE`,
  reached: Prisma.sql`TRUE`,
  budget: Prisma.sql`TRUE`,
  spent: Prisma.sql`TRUE`,
  used: Prisma.sql`TRUE`,
  roi: Prisma.sql`turn.won_at IS NOT NULL`,
  value: Prisma.sql`turn.won_at IS NOT NULL`,
  qualified: Prisma.sql`turn.qualified_at IS NOT NULL`,
  won: Prisma.sql`turn.won_at IS NOT NULL`,
};

type Counted = Record<'leads' | 'qualified' | 'won' | 'value', number>;

/** Nothing where some leads of campaigns are asked for, or may be seen alone: a goal and a budget are of the whole campaign. */
export async function campaignRecords(tx: Tx, asked: Asked): Promise<Section[]> {
  const listed = asked.scope.kind === 'all' ? campaignsAskedFor(asked) : [];
  if (listed.length === 0) return [];
  const counted = await countedBy(tx, asked, listed);
  const money = await moneyBy(tx, asked, listed);
  return [
    {
      key: 'records',
      title: 'Campaigns in words: goal and budget',
      columns: [
        { key: 'campaign', title: 'Campaign', unit: 'text', definition: 'Of campaigns.yaml, or of the API.' },
        { key: 'what', title: 'What it is', unit: 'text', definition: 'Its type, channel and product line.' },
        { key: 'dates', title: 'When', unit: 'text', definition: 'When it begins and ends, and when its event is.' },
        { key: 'audience', title: 'Audience', unit: 'text', definition: 'Whom it is for.' },
        { key: 'material', title: 'Material', unit: 'text', definition: 'What it gives to who takes part.' },
        { key: 'goal', title: 'Goal', unit: 'text', definition: 'How many are to come, and how many of them how far.' },
        { key: 'leads', title: 'Leads', unit: 'count', definition: 'Needs that came in by it so far.', hasLeads: true },
        {
          key: 'qualified',
          title: 'Qualified',
          unit: 'count',
          definition: 'Of these, ready for sales.',
          hasLeads: true,
        },
        { key: 'won', title: 'Won', unit: 'count', definition: 'Of these, customers by now.', hasLeads: true },
        {
          key: 'reached',
          title: 'Of the goal',
          unit: 'share',
          definition: 'Leads, of those that are to come.',
          hasLeads: true,
        },
        {
          key: 'value',
          title: 'Won value',
          unit: 'money',
          definition: 'What its won needs are worth.',
          hasLeads: true,
        },
        { key: 'budget', title: 'Budget', unit: 'money', definition: 'What it may cost in all.', hasLeads: true },
        { key: 'spent', title: 'Spent', unit: 'money', definition: 'All of its costs so far.', hasLeads: true },
        { key: 'used', title: 'Budget used', unit: 'share', definition: 'Spent, of the budget.', hasLeads: true },
        {
          key: 'roi',
          title: 'ROI so far',
          unit: 'share',
          definition: 'Won value so far less what was spent so far, as a share of it.',
          hasLeads: true,
        },
        {
          key: 'heads',
          title: 'Who came',
          unit: 'text',
          definition: 'As somebody counted them, of people whom nobody knows, too. Leads are counted above, by events.',
        },
        {
          key: 'heard',
          title: 'How it was liked',
          unit: 'text',
          definition: 'The mean of the ratings, and words, as somebody summed them up.',
        },
      ],
      rows: listed.map((one) => rowOf(one, asked, counted.get(one.campaign), money.get(one.campaign))),
      notes: ['Of each whole campaign up to the last day of the period, not of the period alone.'],
    },
  ];
}

function rowOf(
  one: Campaign,
  { zone, ends }: Asked,
  counted: Counted = { leads: 0, qualified: 0, won: 0, value: 0 },
  { budget, spent }: { budget: number | null; spent: number | null } = { budget: null, spent: null },
): Row {
  const { campaign, type, channel, productLine, materials = [], audience = null, goal } = one;
  const isBefore = ({ on }: { on: string }): boolean => on < dayOf(ends, zone);
  return {
    rowKey: `record|${campaign}`,
    cells: {
      campaign,
      what: [type, channel, productLine].filter((word) => word !== undefined).join(', ') || null,
      dates: datesInWords(one, zone),
      audience,
      material: materials.join(', ') || null,
      goal: goalInWords(goal),
      ...counted,
      reached: goal?.leads === undefined ? null : counted.leads / goal.leads,
      budget,
      spent,
      used: budget === null || budget === 0 ? null : (spent ?? 0) / budget,
      roi: spent === null ? null : roiOf(counted.value, spent),
      heads: headsInWords(one.attendance?.filter(isBefore)),
      heard: heardInWords(one.feedback?.filter(isBefore)),
    },
  };
}

/** "1 Sep 2026 to 31 Oct 2026, event 8 Oct 2026" */
function datesInWords({ starts, ends, event }: Campaign, zone: string): string | null {
  const day = (at: string): string => dayInWords(dayOf(new Date(at), zone));
  const span =
    starts === undefined
      ? ends && `until ${day(ends)}`
      : ends === undefined
        ? `from ${day(starts)}`
        : day(starts) === day(ends)
          ? day(starts)
          : `${day(starts)} to ${day(ends)}`;
  return [span, event && `event ${day(event)}`].filter((part) => part !== undefined).join(', ') || null;
}

function goalInWords(goal: Campaign['goal']): string | null {
  const parts = (['leads', 'qualified', 'won'] as const).flatMap((key) =>
    goal?.[key] === undefined ? [] : [`${goal[key]} ${key}`],
  );
  return parts.length === 0 ? null : parts.join(', ');
}

/** "120 registered, 85 came, 35 did not" */
function headsInWords(attendance: Campaign['attendance'] = []): string | null {
  const { registered, attended, missed } = headsOf(attendance);
  const parts = [
    registered !== null && `${registered} registered`,
    attended !== null && `${attended} came`,
    missed !== null && `${missed} did not`,
  ];
  return parts.filter((part) => part !== false).join(', ') || null;
}

/** "4.3 by 40 answers: Good talks. · Bad sound." */
function heardInWords(feedback: Campaign['feedback'] = []): string | null {
  const rated = ratingOf(feedback);
  const words = feedback.flatMap((one) => one.words ?? []).join(' · ');
  const rating = rated === null ? '' : `${rated.rating} by ${countOf(rated.answers, 'answer')}`;
  return [rating, words].filter((part) => part !== '').join(': ') || null;
}

async function countedBy(tx: Tx, asked: Asked, listed: readonly Campaign[]): Promise<Map<string, Counted>> {
  const rows = await planned<{ campaign: string } & Counted>(
    tx,
    Prisma.sql`${ofCampaigns(
      asked,
      listed.map(({ campaign }) => campaign),
    )} SELECT turn.campaign, count(*)::float8 AS leads, count(turn.qualified_at)::float8 AS qualified,
      count(turn.won_at)::float8 AS won, coalesce(sum(turn.value) FILTER (WHERE turn.won_at IS NOT NULL), 0)::float8 AS value
      FROM turns turn GROUP BY 1`,
  );
  return new Map(rows.map(({ campaign, ...counted }) => [campaign, counted]));
}

/** In the currency of reports; null where nothing is said, or it has no rate. */
async function moneyBy(tx: Tx, { zone, ends, playbook }: Asked, listed: readonly Campaign[]) {
  const rows = await planned<{ key: string; budget: number | null; spent: number | null }>(
    tx,
    Prisma.sql`SELECT cm.key, ${moneySql('cm.budget_minor', 'cm.currency', playbook)}::float8 AS budget,
        (SELECT sum(${moneySql('cc.cost_minor', COST_CURRENCY, playbook)})::float8 FROM campaign_costs cc
          WHERE cc.campaign_id = cm.id AND cc.day < ${dayOf(ends, zone)}::date) AS spent
      FROM campaigns cm WHERE cm.key = ANY(${listed.map(({ campaign }) => campaign)})`,
  );
  return new Map(rows.map(({ key, ...money }) => [key, money]));
}

/** Needs of all time up to the end of the period that came in by these campaigns, whatever the filters of the campaigns. */
function ofCampaigns(asked: Asked, campaigns: readonly string[]): Prisma.Sql {
  return withTurns({ ...ofAllTime(asked), filters: {} }, { campaigns });
}

/** `figure`: a column and the campaign: "leads|record|frost-webinar". Null for any other. */
export function leadsOfRecord(asked: Asked, figure: string): Prisma.Sql | null {
  const [, key = '', campaign] = /^(\w+)\|record\|(.*)$/s.exec(figure) ?? [];
  const who = Object.hasOwn(WHO, key) ? WHO[key] : undefined;
  if (who === undefined || campaign === undefined) return null;
  return Prisma.sql`${ofCampaigns(asked, [campaign])} SELECT turn.lead_id FROM turns turn WHERE ${who}`;
}
