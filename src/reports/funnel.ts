import { STAGES } from '../domain/stage.ts';
import { Prisma } from '../store/generated/client.ts';
import type { Tx } from '../store/db.ts';
import { planned } from '../store/planned.ts';
import { counted, type Figure, leadsBehind, reached, sectionOf, shareOf, timeWithin, valueOf } from './of-turns.ts';
import { inFunnel, leadsInFunnel, standingInFunnel } from './in-funnel.ts';
import { leadsUnderWay } from './measure-target.ts';
import { type Asked, COUNTS_NEEDS, type Report, type Section } from './report.ts';
import { leadsWithin } from './so-far.ts';
import { STOOD_COLUMNS, stoodSql } from './standing.ts';
import { ofAllTime, withTurns } from './turns.ts';
import { leadsOfVelocity, velocity } from './velocity.ts';

/** The layers of the funnel, in their order: a turn that came to one has passed those before. */
const LAYERS = [
  { key: 'in', title: 'Came in', at: 'opened_at', definition: 'Needs that were opened in the period.' },
  {
    key: 'qualified',
    title: 'Qualified',
    at: 'qualified_at',
    definition: 'Ready for sales: by the rules, by a person, or as a referral.',
  },
  {
    key: 'handed',
    title: 'Handed over',
    at: 'handed_at',
    definition: 'Came in within the period, and was offered to a rep since.',
  },
  {
    key: 'accepted',
    title: 'Accepted',
    at: 'accepted_at',
    definition: 'Came in within the period, and a rep took it since, at the first offer or a later one.',
  },
  { key: 'opportunity', title: 'Opportunity', at: 'opportunity_at', definition: 'The rep sees a sale in it.' },
  { key: 'won', title: 'Customer', at: 'won_at', definition: 'Won.' },
] as const;

const FIGURES: readonly Figure[] = [
  ...LAYERS.map(({ key, title, definition, at }) => counted(key, title, definition, reached(at))),
  shareOf('rate', 'Won, of all', 'Customers, of the needs that came in.', reached('won_at'), Prisma.sql`TRUE`),
  timeWithin('time', 'Time to win, median', 'From when it came in until it was won: half were faster.', {
    share: 0.5,
    from: 'opened_at',
    to: 'won_at',
  }),
  valueOf('value', 'Won value', 'What the won needs are worth.', reached('won_at')),
];

export const FUNNEL: Report = {
  key: 'funnel',
  title: 'Funnel',
  question: 'How many leads become customers, where are they lost, and how long does it take?',
  counts: COUNTS_NEEDS,
  by: [
    'week',
    'month',
    'maturity',
    'source',
    'campaign',
    'campaignType',
    'channel',
    'needType',
    'productLine',
    'team',
    'fitGrade',
    'companySize',
    'country',
  ],
  parts: [
    layers,
    standing,
    inFunnel,
    standingInFunnel,
    velocity,
    (tx, asked) =>
      sectionOf(tx, asked, {
        key: 'groups',
        title: 'Who became what',
        figures: FIGURES,
        drawn: ['in', 'handed', 'won'],
      }),
  ],
  leads: (asked, figure, group) => {
    // What target planning tells of open needs, and of what came to a layer within the days of a plan.
    if (figure === 'underWay') return leadsUnderWay(asked);
    const within = /^within:(.+)$/.exec(figure)?.[1];
    if (within !== undefined) return leadsWithin(asked, within);
    const stage = /^stage:(.+)$/.exec(figure)?.[1];
    if (stage === undefined)
      return (
        leadsInFunnel(asked, figure) ?? leadsOfVelocity(asked, figure) ?? leadsBehind(asked, FIGURES, figure, group)
      );
    return Prisma.sql`${withTurns(ofAllTime(asked))} SELECT turn.lead_id FROM turns turn WHERE turn.stage = ${stage} AND turn.closed_at IS NULL`;
  },
};

/** Each layer with its share of the one before, and how long the step took. Times are measured of those alone that came to one. */
async function layers(tx: Tx, asked: Asked): Promise<Section> {
  const counts = LAYERS.map(
    ({ key, at }) => Prisma.sql`count(*) FILTER (WHERE ${reached(at)})::float8 AS ${Prisma.raw(`"${key}"`)}`,
  );
  const times = LAYERS.flatMap(({ key, at }, i) => {
    const before = LAYERS[i - 1];
    if (before === undefined) return [];
    return ([0.5, 0.9] as const).map((share) => {
      const { value } = timeWithin('', '', '', { share, from: before.at, to: at });
      return Prisma.sql`${value} AS ${Prisma.raw(`"${key} ${share}"`)}`;
    });
  });
  const beyondFirst = LAYERS.slice(1).map(({ at }) => reached(at));
  const [came] = await planned<Record<string, number | null>>(
    tx,
    Prisma.sql`${withTurns(asked)} SELECT ${Prisma.join(counts)} FROM turns turn`,
  );
  const [timed] = await planned<Record<string, number | null>>(
    tx,
    Prisma.sql`${withTurns(asked)} SELECT ${Prisma.join(times)} FROM turns turn WHERE ${Prisma.join(beyondFirst, ' OR ')}`,
  );
  const row = { ...came, ...timed };
  return {
    key: 'layers',
    title: 'From lead to customer',
    columns: [
      { key: 'layer', title: 'Stage', unit: 'text', definition: 'A need that came to one has passed those before.' },
      {
        key: 'leads',
        title: 'Needs',
        unit: 'count',
        definition: 'Needs that came to the stage, or to one after it.',
        hasLeads: true,
      },
      {
        key: 'ofBefore',
        title: 'Of the stage before',
        unit: 'share',
        definition: 'Of the needs in the row above.',
        hasLeads: true,
      },
      { key: 'ofAll', title: 'Of all', unit: 'share', definition: 'Of the needs that came in.', hasLeads: true },
      {
        key: 'median',
        title: 'Step, median',
        unit: 'seconds',
        definition: 'Time from the layer before: half were faster.',
        hasLeads: true,
      },
      { key: 'p90', title: 'Step, 90%', unit: 'seconds', definition: 'Nine in ten were faster.', hasLeads: true },
    ],
    rows: LAYERS.map(({ key, title }, i) => {
      const leads = row[key] ?? 0;
      const before = LAYERS[i - 1] && row[LAYERS[i - 1]?.key ?? ''];
      return {
        figure: key,
        cells: {
          layer: title,
          leads,
          ofBefore: before === undefined || before === null || before === 0 ? null : leads / before,
          ofAll: (row['in'] ?? 0) === 0 ? null : leads / (row['in'] ?? 1),
          median: row[`${key} 0.5`] ?? null,
          p90: row[`${key} 0.9`] ?? null,
        },
      };
    }),
    chart: { kind: 'steps', columns: ['leads'] },
    notes: [],
  };
}

/** Where all open needs stand now, and since when, whenever they came in. */
async function standing(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<{ stage: string; leads: number; times: [number, number]; value: number }>(
    tx,
    Prisma.sql`${withTurns(ofAllTime(asked))}
      SELECT turn.stage, count(*)::float8 AS leads, coalesce(sum(turn.value), 0)::float8 AS value,
        ${stoodSql(asked, 'turn.stage_since')} AS times
      FROM turns turn WHERE turn.closed_at IS NULL GROUP BY turn.stage`,
  );
  return {
    key: 'standing',
    title: 'Where all open needs stand now',
    columns: [
      { key: 'stage', title: 'Stage', unit: 'text', definition: 'Of the open need, now.' },
      {
        key: 'leads',
        title: 'Needs',
        unit: 'count',
        definition: 'Open needs, whenever they came in.',
        hasLeads: true,
      },
      {
        key: 'value',
        title: 'Expected value',
        unit: 'money',
        definition: 'What they are worth, where it is stated.',
        hasLeads: true,
      },
      ...STOOD_COLUMNS,
    ],
    rows: inStageOrder(rows).map(({ stage, leads, value, times: [median, p90] }) => ({
      figure: `stage:${stage}`,
      cells: { stage, leads, value, median, p90 },
    })),
    notes: [],
  };
}

function inStageOrder<R extends { stage: string }>(rows: readonly R[]): R[] {
  const placeOf = ({ stage }: R): number => STAGES.findIndex((one) => one === stage);
  return rows.toSorted((a, b) => placeOf(a) - placeOf(b));
}
