/** What can be told of campaigns themselves, and not of the leads that came by them: their cost, and who took part. */
import type { Campaign } from '../domain/campaign.ts';
import { Prisma } from '../store/generated/client.ts';
import type { Dimension } from './dimensions.ts';
import type { Asked, Filters } from './report.ts';

interface Said {
  /** Of the campaign `cm`. */
  column: string;
  /** The same of a campaign of the playbook. */
  of: (campaign: Campaign) => string | undefined;
}

/** The dimensions that a campaign says of itself. */
const OF_CAMPAIGN: Readonly<Partial<Record<Dimension, Said>>> = {
  campaign: { column: 'cm.key', of: ({ campaign }) => campaign },
  campaignType: { column: 'cm.type', of: ({ type }) => type },
  channel: { column: 'cm.channel', of: ({ channel }) => channel },
  productLine: { column: 'cm.product_line', of: ({ productLine }) => productLine },
};

/** By what it is narrowed; null: by what campaigns do not say. */
function narrowedBy(filters: Filters): { said: Said; value: string | undefined }[] | null {
  const narrowed = (Object.keys(filters) as Dimension[]).flatMap((key) => {
    const said = OF_CAMPAIGN[key];
    return said === undefined ? [] : [{ said, value: filters[key] }];
  });
  return narrowed.length < Object.keys(filters).length ? null : narrowed;
}

/** `by`: the column to group by. `only`: which campaigns are asked for. Null: it is asked by, or for, what campaigns do not say. */
export function ofCampaign({ by, filters, segment }: Asked): { by: Prisma.Sql; only: Prisma.Sql } | null {
  const column = OF_CAMPAIGN[by]?.column;
  const narrowed = narrowedBy(filters);
  if (column === undefined || segment !== null || narrowed === null) return null;
  const only = narrowed.map(({ said, value }) => Prisma.sql`${Prisma.raw(said.column)} = ${value}`);
  return { by: Prisma.raw(column), only: only.length === 0 ? Prisma.sql`TRUE` : Prisma.join(only, ' AND ') };
}

/** The campaigns of the playbook that are asked for; none where it is asked for what campaigns do not say. */
export function campaignsAskedFor({ playbook, filters, segment }: Asked): Campaign[] {
  const narrowed = narrowedBy(filters);
  if (segment !== null || narrowed === null) return [];
  return playbook.campaigns.filter((one) => narrowed.every(({ said, value }) => said.of(one) === value));
}
