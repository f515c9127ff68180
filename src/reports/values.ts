/** The values that reports can be narrowed by, as the newest needs have them. */
import { REGION_SQL } from '../domain/region.ts';
import type { Db } from '../store/db.ts';
import { leadInScope } from '../store/access/scope.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { type Dimension, DIMENSIONS, FILTER_KEYS, SIZE_BAND } from './dimensions.ts';
import type { Asked } from './report.ts';

/** More are not looked at: the choices are for typing less, and any other value can be typed. */
const NEWEST_NEEDS = 2_000;
/** Of one dimension. */
const MOST_VALUES = 50;

export type Values = Readonly<Partial<Record<Dimension, readonly string[]>>>;

const READ: Readonly<Partial<Record<Dimension, Prisma.Sql>>> = {
  source: Prisma.sql`h.source`,
  medium: Prisma.sql`h.medium`,
  channel: Prisma.sql`coalesce(h.channel, cm.channel)`,
  campaign: Prisma.sql`coalesce(cm.key, h.campaign)`,
  campaignType: Prisma.sql`cm.type`,
  needType: Prisma.sql`need.type`,
  productLine: Prisma.sql`need.product_line`,
  maturity: Prisma.sql`need.maturity::text`,
  industry: Prisma.sql`l.industry`,
  companySize: SIZE_BAND,
  country: Prisma.sql`l.country`,
  region: Prisma.raw(REGION_SQL),
  jobTitle: Prisma.sql`l.job_title`,
  fitGrade: Prisma.sql`l.fit_grade::text`,
  valueTier: Prisma.sql`l.value_tier`,
  team: Prisma.sql`a.team`,
  rep: Prisma.sql`r.name`,
};

/** The most frequent first. */
export async function valuesOf(db: Db, { scope }: Pick<Asked, 'scope'>): Promise<Values> {
  const pairs = FILTER_KEYS.flatMap((key) => {
    const value = READ[key];
    return value === undefined ? [] : [Prisma.sql`(${key}::text, ${value})`];
  });
  const rows = await planned<{ key: Dimension; value: string }>(
    db,
    Prisma.sql`
    SELECT v.key, v.value FROM (
      SELECT lead_id, type, product_line, maturity, touch_id, assignment_id FROM needs ORDER BY opened_at DESC LIMIT ${NEWEST_NEEDS}) need
    JOIN leads l ON l.id = need.lead_id
    LEFT JOIN touches h ON h.id = need.touch_id
    LEFT JOIN campaigns cm ON cm.id = h.campaign_id
    LEFT JOIN assignments a ON a.id = need.assignment_id
    LEFT JOIN reps r ON r.id = a.rep_id
    CROSS JOIN LATERAL (VALUES ${Prisma.join(pairs)}) v (key, value)
    WHERE v.value IS NOT NULL AND v.value <> '' AND ${leadInScope(scope, 'need.lead_id')}
    GROUP BY 1, 2 ORDER BY 1, count(*) DESC, 2`,
  );
  const values: Partial<Record<Dimension, string[]>> = {};
  for (const { key, value } of rows) {
    const known = (values[key] ??= []);
    if (known.length < MOST_VALUES) known.push(value);
  }
  return values;
}

/** A value that is typed wrong gives an empty report: which there are, a sentence for each value that none of the newest leads has. */
export function unknownInWords(
  given: Readonly<Partial<Record<Dimension, string>>>,
  values: Values,
  keys: readonly Dimension[] = FILTER_KEYS,
): string[] {
  return keys.flatMap((key) => {
    const [value, known = []] = [given[key], values[key]];
    if (value === undefined || known.includes(value)) return [];
    const title = DIMENSIONS[key].title.toLowerCase();
    const there = known.length === 0 ? 'None of them has any.' : `There are: ${known.slice(0, 12).join(', ')}.`;
    return [`None of the newest ${NEWEST_NEEDS.toLocaleString('en')} leads has the ${title} ‘${value}’. ${there}`];
  });
}
