/** What can be told of campaigns themselves, and not of the leads that came by them: their cost, and who took part. */
import { Prisma } from '../store/generated/client.ts';
import type { Dimension } from './dimensions.ts';
import type { Asked } from './report.ts';

/** The dimensions that a campaign says of itself, as columns of the campaign `cm`. */
const OF_CAMPAIGN: Readonly<Partial<Record<Dimension, string>>> = {
  campaign: 'cm.key',
  campaignType: 'cm.type',
  channel: 'cm.channel',
  productLine: 'cm.product_line',
};

/** `by`: the column to group by. `only`: which campaigns are asked for. Null: it is asked by, or for, what campaigns do not say. */
export function ofCampaign({ by, filters, segment }: Asked): { by: Prisma.Sql; only: Prisma.Sql } | null {
  const column = OF_CAMPAIGN[by];
  const narrowed = Object.keys(filters) as Dimension[];
  if (column === undefined || segment !== null || narrowed.some((key) => OF_CAMPAIGN[key] === undefined)) return null;
  const only = narrowed.map((key) => Prisma.sql`${Prisma.raw(OF_CAMPAIGN[key] ?? '')} = ${filters[key]}`);
  return { by: Prisma.raw(column), only: only.length === 0 ? Prisma.sql`TRUE` : Prisma.join(only, ' AND ') };
}
