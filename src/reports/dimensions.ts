/** What a report can be split and narrowed by. Each is a column of the turns (turns.ts). */
import type { Playbook } from '../domain/playbook.ts';
import { Prisma } from '../store/generated/client.ts';

interface DimensionOf {
  title: string;
  /** What the rows are, in a sentence. */
  definition: string;
  /** `lastMoment`: of the period that is asked for. What lies after it, by a clock that is ahead, is of that moment. */
  sql: (zone: string, lastMoment?: Date) => Prisma.Sql;
  /** The order of its values, where they have one: the others come by their size. */
  order?: (playbook: Pick<Playbook, 'scoring'>) => readonly string[];
  /** A period of time: its rows are in the order of time, without a gap. */
  period?: 'week' | 'month';
}

const column = (name: string) => (): Prisma.Sql => Prisma.raw(`turn.${name}`);

/** The first day of the period in the organization's zone. */
const beginOf =
  (period: 'week' | 'month') =>
  (zone: string, lastMoment?: Date): Prisma.Sql => {
    const at =
      lastMoment === undefined
        ? Prisma.sql`turn.opened_at`
        : Prisma.sql`least(turn.opened_at, ${lastMoment.toISOString()}::timestamptz)`;
    return Prisma.sql`to_char(date_trunc(${Prisma.raw(`'${period}'`)}, ${at} AT TIME ZONE ${zone}), 'YYYY-MM-DD')`;
  };

export const DIMENSIONS = {
  week: {
    title: 'Week',
    definition: 'In which the need came in, by its Monday.',
    sql: beginOf('week'),
    period: 'week',
  },
  month: {
    title: 'Month',
    definition: 'In which the need came in, by its first day.',
    sql: beginOf('month'),
    period: 'month',
  },
  source: { title: 'Source', definition: 'Of the touch by which the need came in.', sql: column('source') },
  medium: { title: 'Medium', definition: 'Of the touch by which the need came in.', sql: column('medium') },
  channel: {
    title: 'Channel',
    definition: 'Of the touch by which the need came in, or else of its campaign.',
    sql: column('channel'),
  },
  campaign: {
    title: 'Campaign',
    definition:
      'Of the touch by which the need came in: the one of campaigns.yaml or of the API where it is known there.',
    sql: column('campaign'),
  },
  campaignType: {
    title: 'Campaign type',
    definition: 'As campaigns.yaml or the API says.',
    sql: column('campaign_type'),
  },
  needType: { title: 'Need type', definition: 'What is needed.', sql: column('need_type') },
  productLine: { title: 'Product line', definition: 'That the need is for.', sql: column('product_line') },
  maturity: {
    title: 'Maturity',
    definition: 'How far the lead is in its choice, as it is known today.',
    sql: column('maturity'),
    order: () => ['researching', 'evaluating', 'ready'],
  },
  industry: { title: 'Industry', definition: 'Of the lead’s company.', sql: column('industry') },
  companySize: {
    title: 'Company size',
    definition: 'People who work at the lead’s company.',
    sql: column('company_size'),
    order: () => SIZES.map(([, name]) => name),
  },
  country: { title: 'Country', definition: 'Of the lead.', sql: column('country') },
  region: { title: 'Region', definition: 'Of the lead, within its country.', sql: column('region') },
  jobTitle: {
    title: 'Role',
    definition: 'What the lead does at its company, in its own words.',
    sql: column('job_title'),
  },
  fitGrade: {
    title: 'Fit grade',
    definition: 'How well the lead fits, A the best: its grade of today.',
    sql: column('fit_grade'),
    order: () => ['A', 'B', 'C', 'D'],
  },
  valueTier: {
    title: 'Value tier',
    definition: 'What the lead is worth to us, by scoring.yaml, today.',
    sql: column('value_tier'),
    order: ({ scoring }) => (scoring.valueTiers ?? []).map(({ tier }) => tier),
  },
  team: { title: 'Team', definition: 'Of the latest offer of the need.', sql: column('team') },
  rep: { title: 'Rep', definition: 'Of the latest offer of the need.', sql: column('rep') },
} as const satisfies Readonly<Record<string, DimensionOf>>;

export type Dimension = keyof typeof DIMENSIONS;
export const DIMENSION_KEYS = Object.keys(DIMENSIONS) as [Dimension, ...Dimension[]];

/** Those that a report can be narrowed by: a period of time is what `since` and `until` are for. */
export const FILTER_KEYS = DIMENSION_KEYS.filter((key) => !('period' in DIMENSIONS[key]));

export function dimensionOf(key: Dimension): DimensionOf {
  return DIMENSIONS[key];
}

/** The sizes of companies, by the number of people who work there. */
const SIZES = [
  [1, '1–9'],
  [10, '10–49'],
  [50, '50–249'],
  [250, '250–999'],
  [1000, '1000 and more'],
] as const;

/** A company's size as the name of its band; NULL for one that is not known. */
export const SIZE_BAND = Prisma.raw(
  `CASE ${SIZES.toReversed()
    .map(([from, name]) => `WHEN l.company_size >= ${from} THEN '${name}'`)
    .join(' ')} END`,
);
