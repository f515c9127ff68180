import type { Touch } from './generated/client.ts';
import { Prisma } from './generated/client.ts';

/** A touch, with the campaign that it is of. `campaignKey`: the one that it states, where none is known. */
export type TouchRead = Touch & { campaignKey: string | null; campaignType: string | null };

/** The campaign of each row of `touches`, for a statement with the join below. */
export const CAMPAIGN_OF_TOUCH = Prisma.raw(
  'coalesce(tc.key, touches.campaign) AS "campaignKey", tc.type AS "campaignType"',
);
export const JOIN_CAMPAIGN = Prisma.raw('LEFT JOIN campaigns tc ON tc.id = touches.campaign_id');

/** The id of a campaign by its key: whoever writes it first gives it the same. */
export function campaignId(key: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`('cmp_' || md5(lower(${key})))`;
}
