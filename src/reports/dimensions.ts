/** What a report can be split and narrowed by. Each is a column of the turns (turns.ts). */
import { Prisma } from '../store/generated/client.ts';

interface DimensionOf {
  title: string;
  sql: (zone: string) => Prisma.Sql;
  /** A period of time: its rows are in the order of time, without a gap. */
  period?: 'week' | 'month';
}

const column = (name: string) => (): Prisma.Sql => Prisma.raw(`turn.${name}`);

/** The first day of the period in the organization's zone. */
const beginOf =
  (period: 'week' | 'month') =>
  (zone: string): Prisma.Sql =>
    Prisma.sql`to_char(date_trunc(${Prisma.raw(`'${period}'`)}, turn.opened_at AT TIME ZONE ${zone}), 'YYYY-MM-DD')`;

export const DIMENSIONS = {
  week: { title: 'Week', sql: beginOf('week'), period: 'week' },
  month: { title: 'Month', sql: beginOf('month'), period: 'month' },
  source: { title: 'Source', sql: column('source') },
  medium: { title: 'Medium', sql: column('medium') },
  channel: { title: 'Channel', sql: column('channel') },
  campaign: { title: 'Campaign', sql: column('campaign') },
  campaignType: { title: 'Campaign type', sql: column('campaign_type') },
  needType: { title: 'Need type', sql: column('need_type') },
  productLine: { title: 'Product line', sql: column('product_line') },
  maturity: { title: 'Maturity', sql: column('maturity') },
  industry: { title: 'Industry', sql: column('industry') },
  companySize: { title: 'Company size', sql: column('company_size') },
  country: { title: 'Country', sql: column('country') },
  region: { title: 'Region', sql: column('region') },
  jobTitle: { title: 'Role', sql: column('job_title') },
  fitGrade: { title: 'Fit grade', sql: column('fit_grade') },
  valueTier: { title: 'Value tier', sql: column('value_tier') },
  team: { title: 'Team', sql: column('team') },
  rep: { title: 'Rep', sql: column('rep') },
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
